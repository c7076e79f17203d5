using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Cluster;

/// <summary>Two servers on one database write one hash chain, with one key.</summary>
[Collection(ClusterCollection.Name)]
public sealed class SharedLedgerTests(ClusterFixture cluster) : IDisposable
{
    private const int Size = 200_000;

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Exports_of_either_are_of_one_chain()
    {
        await cluster.BothRunAsync();
        PublishedVideo file = await cluster.PublishAsync(Size);
        DistributionServer[] servers = [cluster.First, cluster.Second];
        string? earlier = null;
        for (int round = 1; round <= 4; round++)
        {
            foreach (DistributionServer server in servers)
                await server.Http.GetByteArrayAsync(
                    new Uri(server.Url, new Uri(file.DownloadUrl).PathAndQuery),
                    TestContext.Current.CancellationToken
                );
            long sent = 2L * round * Size;
            await Wait.UntilAsync(
                async () => (await cluster.First.ReportAsync(file.Id)).GetProperty("directBytes").GetInt64() == sent,
                TimeSpan.FromSeconds(60),
                $"the report has {sent} bytes"
            );
            // At once: both append, and one of them finds nothing left.
            byte[][] exports = await Task.WhenAll(servers.Select(ExportAsync));
            foreach (byte[] export in exports)
            {
                string path = _temp.File($"{Guid.NewGuid():N}.jsonl");
                await File.WriteAllBytesAsync(path, export, TestContext.Current.CancellationToken);
                string[] more = earlier is null ? [] : ["--earlier", earlier];
                CommandResult verified = await CommandLine.RunAsync([
                    "verify",
                    path,
                    "--json",
                    "--file",
                    file.Id,
                    .. more,
                ]);
                Assert.Equal(sent, verified.Json().GetProperty("report").GetProperty("directBytes").GetInt64());
                earlier = path;
            }
        }
        Assert.Equal(
            (await cluster.First.GetJsonAsync("/api/v1/ledger/key")).ToString(),
            (await cluster.Second.GetJsonAsync("/api/v1/ledger/key")).ToString()
        );
        foreach (DistributionServer server in servers)
            Assert.False(File.Exists(Path.Combine(server.Data, "keys", "ledger.key")));
    }

    private static async Task<byte[]> ExportAsync(DistributionServer server)
    {
        using HttpRequestMessage request = server.Request(HttpMethod.Get, "/api/v1/ledger");
        using HttpResponseMessage answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }
}
