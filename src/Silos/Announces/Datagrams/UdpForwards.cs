using Distribution.Silos.Swarms;
using Microsoft.Extensions.Logging;

namespace Distribution.Silos.Announces.Datagrams;

/// <summary>
/// Announces for other silos. The first of a silo go at once; while they are answered there, the next gather, so that under load many share a
/// call. A full batch goes at once.
/// </summary>
internal sealed partial class UdpForwards(DatagramSocket socket, IAnnounceHandler handler, ILogger logger)
{
    private readonly UdpBatchPool _pool = new();
    private readonly Lock _gate = new();
    private readonly UdpBatch?[] _filling = new UdpBatch?[handler.Shards];
    private readonly int[] _atWork = new int[handler.Shards];

    /// <summary>Keeps one for its silo's next batch; drops it where too many wait, as a full socket would.</summary>
    /// <param name="name">Whom to answer.</param>
    public void Add(int shard, in PackedAnnounce announce, uint transactionId, ReadOnlySpan<byte> name)
    {
        int route = handler.RouteOf(shard);
        UdpBatch? full = null;
        lock (_gate)
        {
            _filling[route] ??= _pool.TryTake();
            if (_filling[route] is not { } batch)
                return;
            batch.Add(transactionId, name) = announce;
            if (batch.IsFull)
                full = TakeFilling(route);
        }
        if (full is not null)
            _ = AnswerAsync(route, full);
    }

    /// <summary>Sends what is there to silos that have nothing of ours at work.</summary>
    public void Start()
    {
        for (int route = 0; route < _filling.Length; route++)
            Start(route);
    }

    private void Start(int route)
    {
        UdpBatch? next = null;
        lock (_gate)
        {
            if (_atWork[route] == 0 && _filling[route] is not null)
                next = TakeFilling(route);
        }
        if (next is not null)
            _ = AnswerAsync(route, next);
    }

    private UdpBatch TakeFilling(int route)
    {
        UdpBatch taken = _filling[route]!;
        _filling[route] = null;
        _atWork[route]++;
        return taken;
    }

    private async Task AnswerAsync(int route, UdpBatch batch)
    {
        bool isMine = false;
        try
        {
            isMine = await handler.AnnounceAsync(route, batch.Announces, UdpTracker.Transport).ConfigureAwait(false);
            if (isMine)
                batch.Send(socket);
        }
#pragma warning disable CA1031 // nobody awaits this: what went wrong must be told, and the next batch is another's
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogFailed(fault);
        }
        if (isMine)
            _pool.Return(batch);
        else
            // The clients ask again.
            _pool.LetGo();
        lock (_gate)
            _atWork[route]--;
        Start(route);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Announces for another silo could not be answered.")]
    private partial void LogFailed(Exception fault);
}
