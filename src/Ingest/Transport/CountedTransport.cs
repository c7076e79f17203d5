using System.Buffers;
using System.Net;
using Distribution.Ingest.Transport.Plain;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Distribution.Ingest.Transport;

/// <summary>
/// A TCP transport for Kestrel that knows how many bytes each socket accepted. Kestrel's own tells an application only that its bytes
/// went into a pipe, up to a buffer ahead of the socket. Other endpoints (Unix sockets, inherited handles) stay with Kestrel's.
/// </summary>
internal sealed class CountedTransport(
    IMemoryPoolFactory<byte> memoryPools,
    ILoggerFactory loggers,
    TimeProvider clock,
    PlainFront front
) : IConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable
{
    private readonly SocketPollers _pollers = new();

    private readonly ILogger _logger = loggers.CreateLogger("Distribution.Ingest.Transport");
    private readonly Lazy<MemoryPool<byte>> _memoryPool = new(() =>
        memoryPools.Create(new MemoryPoolOptions { Owner = "distribution" })
    );

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        endpoint is IPEndPoint address
            ? ValueTask.FromResult<IConnectionListener>(
                CountedListener.Bind(address, _pollers, front.LoopsFor(address), _memoryPool.Value, _logger, clock)
            )
            : throw new NotSupportedException($"{endpoint} is no TCP endpoint.");

    public void Dispose()
    {
        _pollers.Dispose();
        front.Dispose();
    }
}
