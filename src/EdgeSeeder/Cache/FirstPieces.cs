using System.Threading.Channels;

namespace Distribution.EdgeSeeder.Cache;

/// <summary>
/// Fetches the first piece of each torrent that is opened, and with it the states of many blocks: players begin there. One at a time, so that whoever asks comes first, and only while half of the disk is free, so that nothing else makes room.
/// </summary>
internal sealed class FirstPieces(PieceCache cache)
{
    private readonly Channel<SwarmPieces> _opened = Channel.CreateUnbounded<SwarmPieces>(
        new UnboundedChannelOptions { SingleReader = true }
    );

    public void Add(SwarmPieces opened) => _opened.Writer.TryWrite(opened);

    /// <summary>Until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (SwarmPieces opened in _opened.Reader.ReadAllAsync(cancellation))
            {
                if (cache.StoredBytes < cache.Limits.DiskBytes / 2 && !opened.IsStored(0))
                    (await opened.TakeAsync(0, cancellation))?.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }
}
