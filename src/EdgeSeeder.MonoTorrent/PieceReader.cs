using System.Collections.Concurrent;
using Distribution.EdgeSeeder.Cache;
using MonoTorrent;
using MonoTorrent.PieceWriter;
using ReusableTasks;

namespace Distribution.EdgeSeeder.MonoTorrent;

/// <summary>
/// What MonoTorrent takes for its disk: it reads from the edge's verified pieces and writes nothing. MonoTorrent answers a read that fails
/// by giving up the torrent, so a piece that cannot be had now is waited for.
/// </summary>
internal sealed class PieceReader(TimeProvider clock) : IPieceWriter
{
    private static readonly TimeSpan _retry = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<ITorrentManagerFile, MonoSwarm> _swarms = new(
        ReferenceEqualityComparer.Instance as IEqualityComparer<ITorrentManagerFile>
    );

    public int OpenFiles => 0;

    public int MaximumOpenFiles => 0;

    public void Add(MonoSwarm swarm)
    {
        foreach (ITorrentManagerFile file in swarm.Manager.Files)
            _swarms[file] = swarm;
    }

    public void Remove(MonoSwarm swarm)
    {
        foreach (ITorrentManagerFile file in swarm.Manager.Files)
            _swarms.TryRemove(file, out _);
    }

    public async ReusableTask<int> ReadAsync(ITorrentManagerFile file, long offset, Memory<byte> buffer)
    {
        if (!_swarms.TryGetValue(file, out MonoSwarm? swarm))
            throw new IOException("The torrent is not seeded any more.");
        // Not on MonoTorrent's own thread, of which there is one for all disks.
        await Task.Run(() => FillAsync(swarm, file.OffsetInTorrent + offset, buffer)).ConfigureAwait(false);
        return buffer.Length;
    }

    public ReusableTask CloseAsync(ITorrentManagerFile file) => ReusableTask.CompletedTask;

    public ReusableTask<bool> ExistsAsync(ITorrentManagerFile file) => ReusableTask.FromResult(true);

    public ReusableTask FlushAsync(ITorrentManagerFile file) => ReusableTask.CompletedTask;

    public ReusableTask SetMaximumOpenFilesAsync(int maximumOpenFiles) => ReusableTask.CompletedTask;

    public ReusableTask MoveAsync(ITorrentManagerFile file, string fullPath, bool overwrite) =>
        throw new NotSupportedException("A seed's files stay where they are.");

    public ReusableTask WriteAsync(ITorrentManagerFile file, long offset, ReadOnlyMemory<byte> buffer) =>
        throw new NotSupportedException("A seed writes nothing.");

    public void Dispose() { }

    private async Task FillAsync(MonoSwarm swarm, long at, Memory<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int piece = (int)(at / swarm.Torrent.PieceLengthBytes);
            var within = (int)(at - (long)piece * swarm.Torrent.PieceLengthBytes);
            int count = Math.Min(buffer.Length, swarm.Torrent.PieceSizeBytes(piece) - within);
            if (!await TryFillAsync(swarm, piece, within, buffer[..count]))
            {
                await Task.Delay(_retry, clock, swarm.Removed);
                continue;
            }
            at += count;
            buffer = buffer[count..];
        }
    }

    private static async ValueTask<bool> TryFillAsync(MonoSwarm swarm, int piece, int within, Memory<byte> buffer)
    {
        if (!swarm.Pieces.TryTake(piece, out VerifiedPiece? taken))
            taken = await swarm.Pieces.TakeAsync(piece, swarm.Removed);
        if (taken is null)
            return false;
        bool read = MemoryCopy.TryCopy(taken, within, buffer.Span);
        if (!read)
            swarm.Pieces.Discard(taken);
        taken.Release();
        return read;
    }
}
