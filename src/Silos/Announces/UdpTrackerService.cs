using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Distribution.Silos.Announces.Datagrams;
using Distribution.Silos.Announces.Limits;
using Distribution.Silos.Hosting;
using Distribution.Silos.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distribution.Silos.Announces;

/// <summary>
/// The UDP tracker's sockets, on <see cref="SiloOptions.UdpPort"/>, over IPv4 and, where the machine has it, IPv6. On Linux in batches
/// (<see cref="UdpReceiver"/>), elsewhere a packet at a time.
/// </summary>
internal sealed partial class UdpTrackerService(
    UdpTracker tracker,
    IAnnounceHandler handler,
    UdpConnectionIds connectionIds,
    RequestLimits limits,
    SiloMetrics metrics,
    TimeProvider clock,
    SiloOptions options,
    ILogger<UdpTrackerService> logger
) : BackgroundService
{
    private const int MaxPacketBytes = 2048;

    /// <summary>Announces at work at once; what comes beyond is dropped, as a full socket would.</summary>
    private const int MaxInFlight = 1024;

    private readonly SemaphoreSlim _inFlight = new(MaxInFlight, MaxInFlight);
    private readonly List<UdpReceiver> _receivers = [];
    private IReadOnlyList<DatagramSocket> _batched = [];
    private Socket? _socket;

    /// <summary>Where it listens; null when it is off.</summary>
    public IPEndPoint? Endpoint =>
        _batched is [var first, ..] ? first.LocalEndPoint : _socket?.LocalEndPoint as IPEndPoint;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.UdpPort == 0)
            return base.StartAsync(cancellationToken);
        int port = Math.Max(0, options.UdpPort);
        if (options.UdpInBatches && LinuxSockets.IsSupported)
        {
            _batched = DatagramSockets.Bind(port);
            foreach (DatagramSocket socket in _batched)
            {
                var receiver = new UdpReceiver(socket, handler, tracker, connectionIds, limits, metrics, clock, logger);
                _receivers.Add(receiver);
                receiver.Start();
            }
        }
        else
            _socket = Bind(port);
        LogListening(Endpoint!);
        return base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (UdpReceiver receiver in _receivers)
            receiver.Stop();
        return base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        foreach (UdpReceiver receiver in _receivers)
            receiver.Stop();
        foreach (DatagramSocket socket in _batched)
            socket.Dispose();
        _socket?.Dispose();
        _inFlight.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_socket is not { } socket)
            return;
        byte[] buffer = GC.AllocateArray<byte>(MaxPacketBytes, pinned: true);
        var any = new IPEndPoint(
            socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any,
            0
        );
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult received = await socket.ReceiveFromAsync(buffer, any, stoppingToken);
                if (_inFlight.Wait(0, CancellationToken.None))
                    _ = AnswerAsync(
                        socket,
                        buffer.AsMemory(0, received.ReceivedBytes).ToArray(),
                        (IPEndPoint)received.RemoteEndPoint
                    );
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException fault)
            {
                // A client that closed its port, or a packet too long: the next one is another's.
                LogReceiveFailed(fault);
            }
        }
    }

    private static Socket Bind(int port)
    {
        if (Socket.OSSupportsIPv6)
        {
            var dual = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
            try
            {
                dual.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
                return dual;
            }
            catch (SocketException fault) when (fault.SocketErrorCode == SocketError.AddressNotAvailable)
            {
                dual.Dispose();
            }
        }
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        return socket;
    }

    private async Task AnswerAsync(Socket socket, byte[] packet, IPEndPoint source)
    {
        byte[] reply = ArrayPool<byte>.Shared.Rent(UdpTracker.MaxReplyBytes);
        try
        {
            IPEndPoint client = source.Address.IsIPv4MappedToIPv6
                ? new IPEndPoint(source.Address.MapToIPv4(), source.Port)
                : source;
            int length = await tracker.AnswerAsync(packet, client, reply);
            if (length > 0)
                await socket.SendToAsync(reply.AsMemory(0, length), source);
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            LogSendFailed(fault);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(reply);
            _inFlight.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The UDP tracker listens on {Endpoint}.")]
    private partial void LogListening(IPEndPoint endpoint);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Receiving a UDP packet failed.")]
    private partial void LogReceiveFailed(Exception fault);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Sending a UDP reply failed.")]
    private partial void LogSendFailed(Exception fault);
}
