using Distribution.BitTorrent;
using Distribution.Ingest.Pieces;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.Pieces;

public sealed class HashStateTests : IDisposable
{
    private const int Offset = (1 << 20) + 100_001;

    private readonly HashWorkers _workers = new(2);
    private readonly PieceMap _map = new(1 << 20, TorrentVersions.Hybrid, 3_000_000);

    public void Dispose() => _workers.Dispose();

    [Fact]
    public async Task Every_flipped_bit_and_every_cut_is_noticed()
    {
        byte[] state = await StateAsync();
        Assert.Equal(Offset, HashState.Decode(state, _map, Offset).OffsetBytes);
        for (int i = 0; i < state.Length; i++)
        {
            byte[] damaged = [.. state];
            damaged[i] ^= 0x10;
            Assert.Throws<InvalidDataException>(() => HashState.Decode(damaged, _map, Offset));
            Assert.Throws<InvalidDataException>(() => HashState.Decode(state.AsMemory(0, i), _map, Offset));
        }
    }

    [Fact]
    public async Task A_state_of_other_content_is_refused()
    {
        byte[] state = await StateAsync();
        PieceMap[] others =
        [
            new(1 << 19, TorrentVersions.Hybrid, 3_000_000),
            new(1 << 20, TorrentVersions.V1, 3_000_000),
            new(1 << 20, TorrentVersions.Hybrid, 3_000_001),
            new(1 << 20, TorrentVersions.Hybrid, 1_000_000, 2_000_000),
        ];
        foreach (PieceMap other in others)
            Assert.Throws<InvalidDataException>(() => HashState.Decode(state, other, Offset));
        Assert.Throws<InvalidDataException>(() => HashState.Decode(state, _map, Offset + 1));
        // Not even an empty one, where bytes are there already.
        Assert.Throws<InvalidDataException>(() => HashState.Decode(default, _map, Offset));
        Assert.Equal(0, HashState.Decode(default, _map, 0).OffsetBytes);
    }

    [Fact]
    public async Task The_largest_state_is_small()
    {
        var map = new PieceMap(64 << 20, TorrentVersions.Hybrid, 64 << 20);
        // One byte short of the piece: every level of the tree has a node that waits.
        var hasher = new ParallelContentHasher(map, _workers);
        HashedStretch end = await hasher.HashAsync(new byte[(64 << 20) - 1], TestContext.Current.CancellationToken);
        Assert.InRange(end.State.Length, 600, 750);
    }

    private async Task<byte[]> StateAsync()
    {
        var hasher = new ParallelContentHasher(_map, _workers);
        return (await hasher.HashAsync(Tus.RandomBytes(Offset))).State.ToArray();
    }
}
