using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Distribution.Contracts.Metering;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Distribution.Ingest.Transport;

/// <summary>
/// A TCP connection between a socket and two pipes: a loop receives into the input, the output sends by itself, and the accepted
/// bytes are counted (<see cref="IAcceptedBytesFeature"/>).
/// </summary>
/// <remarks>
/// How it ends. The application completes the output: all of it is sent, then the socket closes. The application aborts: the
/// peer gets a reset at once. The peer resets, or goes away: the application may read what came before, then both loops end and
/// <see cref="ConnectionClosed"/> fires. The peer ends only its own
/// half (FIN): the input ends; <see cref="ConnectionClosed"/>, which aborts HTTP requests, waits while observed stretches are
/// being sent, so that a client that half-closes still gets its file, and otherwise <see cref="HalfCloseGrace"/>. Such a connection is never
/// reset: what the kernel has accepted still arrives.
/// </remarks>
internal sealed class CountedConnection
    : ConnectionContext,
        IAcceptedBytesFeature,
        IConnectionIdFeature,
        IConnectionItemsFeature,
        IConnectionLifetimeFeature,
        IConnectionTransportFeature,
        IConnectionEndPointFeature,
        IConnectionSocketFeature,
        IMemoryPoolFeature
{
    /// <summary>How long a response may take to begin after the client has ended its half.</summary>
    public static readonly TimeSpan HalfCloseGrace = TimeSpan.FromSeconds(1);

    // How long an application may go without reading before a broken connection's input ends for it.
    private static readonly TimeSpan ReadGrace = TimeSpan.FromSeconds(1);

    private const int InputLimitBytes = 1 << 20;
    private const int SmallReceiveBytes = 4 << 10;
    private const int LargeReceiveBytes = 128 << 10;

    private readonly Socket _socket;
    private readonly SocketEvents? _events;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private readonly InputScheduler _inputScheduler = new();
    private readonly Pipe _input;
    private readonly ConnectionOutput _output;
    private readonly Duplex _ownTransport;
    private readonly PlacedInput _placedInput;
    private readonly TrackingPipeReader _reader;
    private readonly AcceptedBytes _bytes = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _sendingEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _shutdownGate = new();
    private Exception? _shutdownReason;
    private bool _shutDown;
    private volatile bool _peerEnded;
    private IDictionary<object, object?>? _items;
    private Task _receiving = Task.CompletedTask;

    /// <param name="events">By which it waits for the socket; null: by .NET's engine.</param>
    public CountedConnection(
        Socket socket,
        SocketEvents? events,
        UnsentLimit unsent,
        string id,
        MemoryPool<byte> memoryPool,
        ILogger logger,
        TimeProvider clock
    )
    {
        _socket = socket;
        _events = events;
        _logger = logger;
        _clock = clock;
        ConnectionId = id;
        MemoryPool = memoryPool;
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        _input = new Pipe(
            new PipeOptions(
                memoryPool,
                _inputScheduler,
                PipeScheduler.ThreadPool,
                InputLimitBytes,
                InputLimitBytes / 2,
                useSynchronizationContext: false
            )
        );
        _output = new ConnectionOutput(
            socket,
            events,
            unsent,
            memoryPool,
            _bytes,
            clock,
            () => Abort(new ConnectionAbortedException("The peer takes next to nothing.")),
            EndSending
        );
        _placedInput = new PlacedInput(_input, new BulkReceiver(socket, clock));
        _reader = new TrackingPipeReader(_placedInput);
        _ownTransport = new Duplex(_reader, _output);
        Transport = _ownTransport;
        Features = CreateFeatures();
    }

    public override string ConnectionId { get; set; }

    public override IFeatureCollection Features { get; }

    [AllowNull]
    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    public MemoryPool<byte> MemoryPool { get; }

    public Socket Socket => _socket;

    // Whoever wraps the connection, TLS or a logger, puts its own pipes here.
    public bool IsDirect => ReferenceEquals(Transport, _ownTransport);

    public long WrittenBytes => _bytes.Written;

    public long AcceptedBytes => _bytes.Accepted;

    public void Observe(long start, long length, IAcceptedBytesObserver observer) =>
        _bytes.Observe(start, length, observer);

    /// <param name="received">What has been received of the connection already.</param>
    public void Start(byte[]? received = null)
    {
        ConnectionClosed = _closed.Token;
        _receiving = Task.Run(() => ReceiveAsync(received));
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        // A reset would also throw away what the kernel still has to deliver. A peer that has ended its own half may yet be reading, and
        // the server aborts its connection as soon as it hears of that end.
        ShutDown(abortReason, reset: !_peerEnded);
        _output.Abort();
    }

    public override async ValueTask DisposeAsync()
    {
        await _ownTransport.Input.CompleteAsync();
        await _ownTransport.Output.CompleteAsync();
        await Task.WhenAll(_receiving, _sendingEnded.Task);
        _closed.Dispose();
        _output.Dispose();
        _placedInput.Dispose();
        await base.DisposeAsync();
    }

    private async Task ReceiveAsync(byte[]? received)
    {
        Exception? error = null;
        long receivedBytes = received?.Length ?? 0;
        try
        {
            if (received is not null)
                await _input.Writer.WriteAsync(received);
            int wanted = SmallReceiveBytes;
            while (true)
            {
                // An idle connection holds no buffer; a busy one does not ask twice.
                if (wanted == SmallReceiveBytes)
                    await (_events?.WaitForInputAsync() ?? WaitForInputAsync());
                Memory<byte> buffer = _input.Writer.GetMemory(wanted);
                int count = await _socket.ReceiveAsync(buffer, SocketFlags.None);
                if (count == 0)
                {
                    _peerEnded = true;
                    break;
                }
                _input.Writer.Advance(count);
                receivedBytes += count;
                wanted = count == buffer.Length ? LargeReceiveBytes : SmallReceiveBytes;
                // On the poller's thread only what follows a file: such requests are short, and others may do anything.
                _inputScheduler.IsBulk =
                    wanted == LargeReceiveBytes || SocketPoller.IsCurrent && !_output.TakeHasWrittenFile();
                _placedInput.Flushes();
                FlushResult flushed = await _input.Writer.FlushAsync();
                if (flushed.IsCompleted || flushed.IsCanceled)
                    break;
                ValueTask<bool> lent = _placedInput.LendAsync();
                if (!lent.IsCompleted)
                    wanted = SmallReceiveBytes;
                if (!await lent)
                {
                    _peerEnded = true;
                    break;
                }
            }
        }
        catch (SocketException e) when (IsReset(e.SocketErrorCode))
        {
            error = new ConnectionResetException(e.Message, e);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            error = new ConnectionAbortedException("The connection was closed.", e);
        }
        catch (Exception e)
        {
            error = e;
            _logger.LogError(e, "Connection {ConnectionId}: the receive loop failed", ConnectionId);
        }
        finally
        {
            if (ShutdownReason() is null)
                await WaitForApplicationToReadAsync(receivedBytes + _placedInput.ReceivedBytes);
            await _input.Writer.CompleteAsync(ShutdownReason() ?? error);
            if (_peerEnded)
                await WaitForHalfOpenResponsesAsync();
            FireClosed();
        }
    }

    private async ValueTask WaitForInputAsync() => await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None);

    // An application that reads on gets everything; one that has stopped reading does not hold up the end.
    private async Task WaitForApplicationToReadAsync(long receivedBytes)
    {
        Task examined = _reader.WhenExaminedAsync(receivedBytes);
        long before;
        do
        {
            before = _reader.Examined;
            if (!examined.IsCompleted)
                await Task.WhenAny(examined, _sendingEnded.Task, Task.Delay(ReadGrace, _clock));
        } while (!examined.IsCompleted && !_sendingEnded.Task.IsCompleted && _reader.Examined > before);
    }

    private async Task WaitForHalfOpenResponsesAsync()
    {
        await Task.WhenAny(_sendingEnded.Task, Task.Delay(HalfCloseGrace, _clock));
        Task settled = _bytes.WhenSettledAsync();
        if (settled.IsCompleted || _sendingEnded.Task.IsCompleted)
            return;
        await Task.WhenAny(_sendingEnded.Task, settled);
        // The last bytes are out; now the application gets the time to end the connection in order.
        await Task.WhenAny(_sendingEnded.Task, Task.Delay(HalfCloseGrace, _clock));
    }

    private void EndSending(SendEnd end)
    {
        if (end.Fault is not null)
            _logger.LogError(end.Fault, "Connection {ConnectionId}: sending failed", ConnectionId);
        // A peer that goes away ends the writing quietly, as Kestrel expects it; only a fault of ours reaches whoever is writing, and a
        // peer that waits for more learns by a reset that it does not come.
        Exception? reason =
            end.Fault
            ?? (end.Error == SocketError.Success ? null : new ConnectionResetException($"Sending ended: {end.Error}."));
        ShutDown(reason, reset: end.Fault is not null);
        // The receive loop may wait for an application that reads no more.
        _input.Writer.CancelPendingFlush();
        _sendingEnded.TrySetResult();
    }

    private Exception? ShutdownReason()
    {
        lock (_shutdownGate)
            return _shutdownReason;
    }

    private void ShutDown(Exception? reason, bool reset)
    {
        lock (_shutdownGate)
        {
            if (_shutDown)
                return;
            _shutDown = true;
            _shutdownReason = reason;
            Close(reset);
            // What waits for the socket finds it closed.
            _events?.Dispose();
            _placedInput.Close();
        }
    }

    private void Close(bool reset)
    {
        if (reset)
        {
            _socket.Close(timeout: 0);
            return;
        }
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The peer was faster.
        }
        _socket.Dispose();
    }

    // On the thread pool: whoever listens may take locks that the loops' callers hold.
    private void FireClosed() =>
        ThreadPool.UnsafeQueueUserWorkItem(
            static closed =>
            {
                try
                {
                    closed.Cancel();
                }
                catch (ObjectDisposedException)
                {
                    // The application was already done with the connection.
                }
            },
            _closed,
            preferLocal: false
        );

    private static bool IsReset(SocketError error) =>
        error is SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted;

    private FeatureCollection CreateFeatures()
    {
        var features = new FeatureCollection();
        features.Set<IAcceptedBytesFeature>(this);
        features.Set<IFileOutputFeature>(_output);
        features.Set<IPlacedInputFeature>(_placedInput);
        features.Set<IConnectionIdFeature>(this);
        features.Set<IConnectionItemsFeature>(this);
        features.Set<IConnectionLifetimeFeature>(this);
        features.Set<IConnectionTransportFeature>(this);
        features.Set<IConnectionEndPointFeature>(this);
        features.Set<IConnectionSocketFeature>(this);
        features.Set<IMemoryPoolFeature>(this);
        return features;
    }

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input { get; } = input;

        public PipeWriter Output { get; } = output;
    }
}
