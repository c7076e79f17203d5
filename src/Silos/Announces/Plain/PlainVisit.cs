using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Distribution.Silos.Announces.Plain;

/// <summary>A connection while its requests are ours: who it is, when it is silent for too long, and when the server stops.</summary>
internal sealed class PlainVisit : IDisposable
{
    private readonly ConnectionContext _connection;
    private readonly TimeSpan _idleTimeout;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenRegistration _stopping;
    private long _lastSeen;
    private volatile bool _isOver;

    public PlainVisit(ConnectionContext connection, IPAddress address, TimeSpan idleTimeout, TimeProvider clock)
    {
        _connection = connection;
        _idleTimeout = idleTimeout;
        _clock = clock;
        _lastSeen = clock.GetTimestamp();
        Address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        AddressBytes = Address.GetAddressBytes();
        connection
            .Features.Get<IConnectionHeartbeatFeature>()
            ?.OnHeartbeat(static visit => ((PlainVisit)visit).EndIfIdle(), this);
        _stopping =
            connection
                .Features.Get<IConnectionLifetimeNotificationFeature>()
                ?.ConnectionClosedRequested.UnsafeRegister(
                    static visit => ((PlainVisit)visit!)._connection.Transport.Input.CancelPendingRead(),
                    this
                )
            ?? default;
    }

    /// <summary>In its own form: IPv4 that is written as IPv6 is IPv4.</summary>
    public IPAddress Address { get; }

    public byte[] AddressBytes { get; }

    /// <summary>The server wants no further request on it.</summary>
    public bool IsEnding => _stopping.Token.IsCancellationRequested;

    /// <summary>Something came.</summary>
    public void Touch() => Volatile.Write(ref _lastSeen, _clock.GetTimestamp());

    public void Dispose()
    {
        _isOver = true;
        _stopping.Dispose();
    }

    private void EndIfIdle()
    {
        if (!_isOver && _clock.GetElapsedTime(Volatile.Read(ref _lastSeen)) > _idleTimeout)
            _connection.Abort(new ConnectionAbortedException("No announce came for long."));
    }
}
