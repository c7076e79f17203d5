using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Distribution.Contracts.Metering;
using Distribution.Ingest.Transport.Plain;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Distribution.Ingest.Transport;

/// <summary>A listening TCP socket that gives <see cref="CountedConnection"/>s.</summary>
internal sealed class CountedListener : IConnectionListener
{
    /// <summary>The kernel holds no more of a connection that is not on the wire.</summary>
    internal const int MostUnsentBytes = 2 << 20;

    private const int Backlog = 512;

    private static readonly TimeSpan ExhaustedPause = TimeSpan.FromMilliseconds(100);
    private static long _connections = Random.Shared.NextInt64() & 0xffffffff;

    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(3);

    private readonly Socket _socket;
    private readonly PlainListener? _plain;
    private readonly SocketPollers _pollers;
    private readonly MemoryPool<byte> _memoryPool;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;

    private CountedListener(
        Socket socket,
        SocketPollers pollers,
        IReadOnlyList<PlainLoop> loops,
        MemoryPool<byte> memoryPool,
        ILogger logger,
        TimeProvider clock
    )
    {
        _pollers = pollers;
        _socket = socket;
        _memoryPool = memoryPool;
        _logger = logger;
        _clock = clock;
        EndPoint = socket.LocalEndPoint!;
        if (loops.Count == 0)
            return;
        // Linux gives a connection what its listening socket has.
        socket.Blocking = false;
        socket.NoDelay = true;
        new UnsentLimit(socket, MostUnsentBytes, clock).SetUsual();
        _plain = new PlainListener(socket, loops);
        _plain.Start();
    }

    public EndPoint EndPoint { get; }

    /// <param name="loops">Where its connections begin; none: they are the web server's from the start.</param>
    /// <exception cref="AddressInUseException">Somebody else listens there.</exception>
    public static CountedListener Bind(
        IPEndPoint endpoint,
        SocketPollers pollers,
        IReadOnlyList<PlainLoop> loops,
        MemoryPool<byte> memoryPool,
        ILogger logger,
        TimeProvider clock
    )
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endpoint.Address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            socket.Bind(endpoint);
            socket.Listen(Backlog);
            return new CountedListener(socket, pollers, loops, memoryPool, logger, clock);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket.Dispose();
            throw new AddressInUseException(e.Message, e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                if (_plain is not null)
                {
                    if (await _plain.TakeAsync(cancellationToken) is not { } begun)
                        return null;
                    if (Continue(begun) is { } continued)
                        return continued;
                    continue;
                }
                Socket accepted = await _socket.AcceptAsync(cancellationToken);
                if (Configure(accepted) is { } connection)
                    return connection;
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.OperationAborted)
            {
                return null;
            }
            catch (SocketException e)
            {
                // A connection that broke while it waited, or no descriptors left: others still come.
                _logger.LogDebug(e, "Accepting a connection failed");
                if (e.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
                    await Task.Delay(ExhaustedPause, _clock, cancellationToken);
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _plain?.End();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        if (_plain is not null)
            await _plain.DrainAsync(DrainPatience, _clock);
    }

    private CountedConnection? Continue(PlainRemainder begun)
    {
        try
        {
            return Configure(new Socket(begun.Descriptor), begun.Received);
        }
        catch (SocketException e)
        {
            _logger.LogDebug(e, "A connection broke while it was handed over");
            begun.Descriptor.Dispose();
            return null;
        }
    }

    private CountedConnection? Configure(Socket socket, byte[]? received = null)
    {
        SocketEvents? events = null;
        try
        {
            socket.NoDelay = true;
            // Calls that do not go through .NET must not block either.
            socket.Blocking = false;
            var unsent = new UnsentLimit(socket, MostUnsentBytes, _clock);
            unsent.SetUsual();
            events = _pollers.TryAdd(socket.SafeHandle);
            string id = Interlocked.Increment(ref _connections).ToString("x", CultureInfo.InvariantCulture);
            var connection = new CountedConnection(socket, events, unsent, id, _memoryPool, _logger, _clock);
            connection.Start(received);
            return connection;
        }
        catch (SocketException e)
        {
            _logger.LogDebug(e, "A connection broke while it was accepted");
            socket.Dispose();
            events?.Dispose();
            return null;
        }
    }
}
