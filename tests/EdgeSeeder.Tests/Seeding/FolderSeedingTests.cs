using System.Buffers;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Wire;
using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Tests.Kit;

namespace Distribution.EdgeSeeder.Tests.Seeding;

/// <summary>A folder's pieces are put together from its files' ranges at the web seed (BEP 19).</summary>
public sealed class FolderSeedingTests : IAsyncLifetime
{
    private const int PieceBytes = 32 << 10;

    private TestOrigin _origin = null!;
    private TestEdge _edge = null!;

    public async ValueTask InitializeAsync()
    {
        _origin = await TestOrigin.StartAsync();
        _edge = new TestEdge(_origin, Engines.Own);
    }

    public async ValueTask DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _origin.DisposeAsync();
    }

    [Fact]
    public async Task Without_padding_a_piece_spans_files()
    {
        TestContent content = TestContent.Folder(
            TorrentVersions.V1,
            PieceBytes,
            41,
            ("first", PieceBytes + 100),
            ("empty", 0),
            ("b/a & b?.txt", 50),
            ("b/tail", PieceBytes)
        );
        _edge.Seed(content);
        await using TestPeer peer = await TestPeer.GreetAsync(_edge.Port, content);

        await peer.DownloadAsync(content, [0, 1, 2]);

        Assert.Equal(
            [
                "folder41/show ü/b/a & b?.txt bytes=0-49",
                $"folder41/show ü/b/tail bytes=0-{PieceBytes - 151}",
                $"folder41/show ü/b/tail bytes={PieceBytes - 150}-{PieceBytes - 1}",
                $"folder41/show ü/first bytes=0-{PieceBytes - 1}",
                $"folder41/show ü/first bytes={PieceBytes}-{PieceBytes + 99}",
            ],
            _origin.RangeReads.Keys.Order(StringComparer.Ordinal)
        );
        Assert.All(_origin.RangeReads.Values, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task Padding_is_never_asked_for()
    {
        TestContent content = TestContent.Folder(
            TorrentVersions.Hybrid,
            PieceBytes,
            42,
            ("a", 1),
            ("b", PieceBytes),
            ("c", PieceBytes + 1),
            ("d", 0)
        );
        Assert.Equal(4, content.Torrent.PieceCount);
        _edge.Seed(content);
        await using TestPeer peer = await TestPeer.GreetAsync(_edge.Port, content);

        // With padding, as clients ask for it that do not know of it.
        await peer.DownloadAsync(content, [0, 1, 2, 3]);

        Assert.Equal(
            [
                "folder42/show ü/a bytes=0-0",
                $"folder42/show ü/b bytes=0-{PieceBytes - 1}",
                $"folder42/show ü/c bytes=0-{PieceBytes - 1}",
                $"folder42/show ü/c bytes={PieceBytes}-{PieceBytes}",
            ],
            _origin.RangeReads.Keys.Order(StringComparer.Ordinal)
        );
        Assert.Equal(2 * PieceBytes + 2, _edge.Telemetry.FillBytes);
    }

    [Fact]
    public async Task What_a_viewer_has_is_told_without_padding()
    {
        TestContent content = TestContent.Folder(
            TorrentVersions.Hybrid,
            PieceBytes,
            43,
            ("a", 1),
            ("b", PieceBytes),
            ("c", 7)
        );
        _edge.Seed(content);
        await using TestPeer peer = await TestPeer.GreetAsync(_edge.Port, content);
        Task completed = _edge.WhenAsync(PeerChange.Completed);

        long[] expected = [1, 1 + PieceBytes, 8 + PieceBytes];
        for (int piece = 0; piece < 3; piece++)
        {
            await peer.SendHaveAsync(piece);
            await Wait.UntilAsync(() =>
                _edge.Engine.UnreportedProgress(10) is [{ } seen] && seen.HaveBytes == expected[piece]
            );
        }
        await completed;

        // lt_donthave (BEP 54) takes back what a piece really held.
        await peer.SendExtendedAsync(SeedSwarm.DontHaveId, new byte[] { 0, 0, 0, 2 });
        await Wait.UntilAsync(() => _edge.Engine.UnreportedProgress(10) is [{ } seen] && seen.HaveBytes == expected[1]);
    }

    [Fact]
    public async Task A_wrong_file_is_found_out_and_fetched_again()
    {
        TestContent content = TestContent.Folder(
            TorrentVersions.V1,
            PieceBytes,
            44,
            ("a", 100),
            ("b", 200),
            ("c", 300)
        );
        _origin.Spoil = (before, bytes) =>
        {
            if (before == 0 && bytes.Length == 200)
                bytes[7] ^= 1;
            return bytes;
        };
        _edge.Seed(content);
        await using TestPeer peer = await TestPeer.GreetAsync(_edge.Port, content);

        await peer.DownloadAsync(content, [0]);

        Assert.Equal(1, _edge.Telemetry.CorruptFills);
        Assert.Equal(6, _origin.TotalRangeReads);
    }

    [Fact]
    public async Task Metadata_of_more_than_a_megabyte_is_handed_out()
    {
        string pad = new('n', 200);
        TestContent content = TestContent.Folder(
            TorrentVersions.V1,
            PieceBytes,
            45,
            [.. Enumerable.Range(0, 5000).Select(i => ($"{i:0000}{pad}", i % 3))]
        );
        byte[] metadata = content.Torrent.Raw.ToArray();
        Assert.InRange(metadata.Length, 1 << 20, 2 << 20);
        _edge.Seed(content);
        await using TestPeer peer = await TestPeer.GreetAsync(_edge.Port, content);
        await peer.SendExtensionHandshakeAsync();

        var found = new byte[metadata.Length];
        for (int piece = 0; piece * MetadataMessage.PieceBytes < metadata.Length; piece++)
        {
            var request = new ArrayBufferWriter<byte>();
            new MetadataMessage(MetadataMessageType.Request, piece).Write(request);
            await peer.SendExtendedAsync(SeedSwarm.MetadataId, request.WrittenSpan);
            byte[] answer;
            do
            {
                TestFrame frame = await peer.ReadAsync(MessageType.Extended);
                answer = frame.ExtensionId == TestPeer.MetadataId ? frame.Payload : [];
            } while (answer.Length == 0);
            Assert.True(MetadataMessage.TryParse(answer, out MetadataMessage message, out _));
            Assert.Equal((piece, metadata.Length), (message.Piece, message.TotalSizeBytes));
            message.Data.CopyTo(found.AsSpan(piece * MetadataMessage.PieceBytes));
        }
        Assert.Equal(metadata, found);
    }
}
