using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Ledgers;

/// <summary>Access logs of a CDN into the real program, which is killed while it reads them.</summary>
public sealed class CdnLogTests : IDisposable
{
    private const int Lines = 20_000;

    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Kills_rotation_packing_and_a_second_import_count_each_line_once()
    {
        string logs = _folder.Sub("logs");
        Directory.CreateDirectory(logs);
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings { WithEdge = false, MoreArguments = ["--cdn-logs", logs] }
        );
        string path = _folder.File("small.bin");
        await File.WriteAllBytesAsync(path, new byte[100_000], Stop);
        PublishedVideo file = await server.PublishAsync(path);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        string text = Text(file.Id, now);
        long expected = (long)Lines * (Lines + 1) / 2;

        await File.WriteAllTextAsync(Path.Combine(logs, ".access.log"), text, Stop);
        File.Move(Path.Combine(logs, ".access.log"), Path.Combine(logs, "access.log"));
        // Thrice in the middle, wherever that is.
        for (int kill = 0; kill < 3; kill++)
        {
            long before = await CdnBytesAsync(server, file);
            while (await CdnBytesAsync(server, file) is var read && read == before && read < expected)
                await Task.Delay(20, Stop);
            await server.Program.KillAsync();
            await server.StartAgainAsync();
        }
        while (await CdnBytesAsync(server, file) < expected)
            await Task.Delay(100, Stop);
        Assert.Equal(expected, await CdnBytesAsync(server, file));

        // Rotated away and packed, with three lines more; and by hand, as often as one likes.
        string more = text + Text(file.Id, now, count: 3);
        string packed = Path.Combine(_folder.Sub("packed"), "access.log.1.gz");
        Directory.CreateDirectory(Path.GetDirectoryName(packed)!);
        await using (var gzip = new GZipStream(File.Create(packed), CompressionLevel.Fastest))
            await gzip.WriteAsync(Encoding.ASCII.GetBytes(more), Stop);
        JsonElement first = (await server.RunAsync("import-logs", packed, "--json")).Json().GetProperty("logs")[0];
        Assert.Equal((3, 6), (first.GetProperty("lines").GetInt64(), first.GetProperty("cdnBytes").GetInt64()));
        CommandResult again = await server.RunAsync("import-logs", packed);
        Assert.Contains("counted before", again.Output, StringComparison.Ordinal);
        (await server.RunAsync("import-logs", _folder.File("none.log"))).SingleComplaint(1);

        JsonElement report = await server.ReportAsync(file.Id);
        Assert.Equal(expected + 6, report.GetProperty("cdnBytes").GetInt64());
        Assert.Equal(0, report.GetProperty("peerBytes").GetProperty("high").GetInt64());
        JsonElement log = (await server.GetJsonAsync("/api/v1/cdn-logs")).GetProperty("logs")[0];
        Assert.Equal(Lines + 3, log.GetProperty("lines").GetInt64());
        Assert.Equal(0, log.GetProperty("malformed").GetInt64());
    }

    private static async Task<long> CdnBytesAsync(DistributionServer server, PublishedVideo file) =>
        (await server.ReportAsync(file.Id)).GetProperty("cdnBytes").GetInt64();

    /// <summary>nginx's lines of 1, 2, 3, … bytes, to many viewers, so that they are many batches.</summary>
    private static string Text(string fileId, DateTimeOffset time, int count = Lines)
    {
        var text = new StringBuilder();
        string when = time.ToString("dd/MMM/yyyy:HH:mm:ss", CultureInfo.InvariantCulture);
        for (int i = 1; i <= count; i++)
            text.Append(
                CultureInfo.InvariantCulture,
                $"198.{18 + i % 2}.{i / 200 % 50}.{i % 200} - - [{when} +0000] \"GET /c/bytes/{fileId} HTTP/1.1\" 206 {i} \"-\" \"x\"\n"
            );
        return text.ToString();
    }
}
