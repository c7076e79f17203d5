using System.Diagnostics;
using System.Text.Json;

namespace Distribution.EndToEnd.Tests.Harness;

/// <summary>What the report says that our own machines sent of one file, in bytes.</summary>
internal sealed record SentFigures(long WebSeed, long Edge)
{
    /// <summary>Longer than the web seed and the edges take to tell what they sent.</summary>
    private static readonly TimeSpan ReportDelay = TimeSpan.FromSeconds(10);

    public long Total => WebSeed + Edge;

    public static async Task<SentFigures> ReadAsync(DistributionServer server, PublishedVideo video)
    {
        JsonElement report = await server.ReportAsync(video.Id);
        return new SentFigures(
            report.GetProperty("webSeedBytes").GetInt64(),
            report.GetProperty("edgeBytes").GetInt64()
        );
    }

    /// <summary>The figures once they no longer change.</summary>
    public static async Task<SentFigures> SettledAsync(DistributionServer server, PublishedVideo video)
    {
        SentFigures last = await ReadAsync(server, video);
        var still = Stopwatch.StartNew();
        await Wait.UntilAsync(
            async () =>
            {
                SentFigures now = await ReadAsync(server, video);
                if (now != last)
                    still.Restart();
                last = now;
                return still.Elapsed > ReportDelay;
            },
            TimeSpan.FromSeconds(90),
            "the report comes to rest"
        );
        return last;
    }

    public void AssertNotBelow(SentFigures earlier) =>
        Assert.True(WebSeed >= earlier.WebSeed && Edge >= earlier.Edge, $"{this} after {earlier}");
}
