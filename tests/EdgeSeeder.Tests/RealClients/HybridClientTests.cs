using Distribution.BitTorrent;
using Distribution.BitTorrent.Magnets;
using Distribution.EdgeSeeder.Tests.Kit;

namespace Distribution.EdgeSeeder.Tests.RealClients;

/// <summary>libtorrent 2.0, which speaks v2, gets hybrids and folders from the engine alone, from nothing but a magnet's topics.</summary>
public sealed class HybridClientTests : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(90);

    private readonly string _folder = Directory.CreateTempSubdirectory("edge-hybrid-").FullName;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("file", "both")]
    [InlineData("file", "v1")]
    [InlineData("file", "v2")]
    [InlineData("folder", "both")]
    [InlineData("folder", "v1")]
    [InlineData("folder", "v2")]
    [InlineData("many pieces", "both")]
    [InlineData("many pieces", "v2")]
    [InlineData("v1 folder", "v1")]
    [InlineData("large metadata", "v1")]
    public async Task Libtorrent_finishes_from_the_edge_alone(string what, string topics)
    {
        TestContent content = what switch
        {
            "file" => TestContent.HybridFile((3 << 20) + 12_345, 64 << 10, seed: 21),
            "folder" => TestContent.Folder(TorrentVersions.Hybrid, 64 << 10, 22, Files),
            // More than a hash request covers, so that its answer must prove itself.
            "many pieces" => TestContent.HybridFile((9 << 20) + 1, 16 << 10, seed: 24),
            "large metadata" => TestContent.Folder(TorrentVersions.V1, 64 << 10, 25, ManyFiles),
            _ => TestContent.Folder(TorrentVersions.V1, 64 << 10, 23, Files),
        };
        await using TestOrigin origin = await TestOrigin.StartAsync();
        await using var edge = new TestEdge(origin, Engines.Own);
        edge.Seed(content);
        await using ClientProcess client = await LibtorrentProcess.StartAsync(
            Magnet(content, topics),
            _folder,
            edge.Port
        );

        await LibtorrentProcess.FinishedAsync(client, _patience);

        // From a v2 topic alone libtorrent must ask for the piece layers before it can check a piece.
        if (topics == "v2")
            Assert.Contains("==> HASH_REQUEST", client.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("HASH_REJECT", client.Output, StringComparison.Ordinal);

        foreach ((string path, byte[] bytes) in content.Files)
        {
            byte[] found = await File.ReadAllBytesAsync(Path.Combine(_folder, path));
            Assert.True(bytes.AsSpan().SequenceEqual(found), $"{path} is another file.");
        }
        await edge.Engine.StopAsync();
        // Padding is nothing that it asked for.
        Assert.InRange(
            edge.Counted,
            content.Files.Values.Sum(file => (long)file.Length),
            content.Bytes.Length + (1 << 20)
        );
        Assert.All(
            edge.Engine.UnreportedProgress(10),
            progress => Assert.Equal(content.InfoHash.ToString(), progress.InfoHash)
        );
    }

    private static (string, int)[] Files =>
        [
            ("b/second.bin", 700_001),
            ("a.txt", 1),
            ("empty", 0),
            ("b/deep/third ü.bin", 64 << 10),
            ("c/fourth.bin", (1 << 20) + 3),
            ("z/empty too", 0),
        ];

    // Their names alone are more than a megabyte.
    private static (string, int)[] ManyFiles =>
        [.. Enumerable.Range(0, 5000).Select(i => ($"{i:0000}{new string('n', 200)}", 1 + i % 3))];

    private static string Magnet(TestContent content, string topics)
    {
        string magnet = new MagnetLink { InfoHash = content.InfoHash, InfoHashV2 = content.InfoHashV2 }.ToString();
        return topics switch
        {
            "both" => magnet,
            "v1" => new MagnetLink { InfoHash = content.InfoHash }.ToString(),
            _ => new MagnetLink
            {
                InfoHash = content.InfoHashV2!.Value.Truncate(),
                InfoHashV2 = content.InfoHashV2,
            }.ToString(),
        };
    }
}
