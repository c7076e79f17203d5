using System.Buffers;
using System.Net;
using Distribution.BitTorrent.Wire;
using Distribution.Contracts.Networks;

namespace Distribution.EdgeSeeder.Seeding.Exchange;

/// <summary>
/// What one peer is told of others (BEP 11): at most <see cref="ExchangeMessage.MaxPeers"/> at any time, so that the edge is no list of a swarm, and one message a
/// minute. One thread at a time.
/// </summary>
internal sealed class PeerExchange(TimeProvider clock)
{
    private static readonly TimeSpan _interval = TimeSpan.FromMinutes(1);

    // Nobody new was there: looked at again after this.
    private static readonly TimeSpan _lookAgain = TimeSpan.FromSeconds(5);

    private readonly HashSet<IPEndPoint> _told = [];
    private long _at;
    private TimeSpan _wait = TimeSpan.Zero;

    /// <summary>A message may be due.</summary>
    public bool IsDue => _at == 0 || clock.GetElapsedTime(_at) >= _wait;

    /// <summary>Writes the message that is due, without frame and id. False: there is nothing to say.</summary>
    /// <param name="receiver">Where its packets come from.</param>
    /// <param name="itself">Where it listens; null: not known.</param>
    public bool TryWrite(
        IReadOnlyDictionary<IPEndPoint, ReachablePeer> peers,
        IPAddress receiver,
        IPEndPoint? itself,
        IBufferWriter<byte> output
    )
    {
        if (!IsDue)
            return false;
        _at = clock.GetTimestamp();
        List<IPEndPoint> dropped = [.. _told.Where(told => !peers.ContainsKey(told))];
        _told.ExceptWith(dropped);
        List<(IPEndPoint, byte)> added = Add(peers, receiver, itself);
        _wait = added.Count + dropped.Count > 0 ? _interval : _lookAgain;
        if (added.Count + dropped.Count == 0)
            return false;
        ExchangeMessage.Write(output, added, dropped);
        return true;
    }

    private List<(IPEndPoint, byte)> Add(
        IReadOnlyDictionary<IPEndPoint, ReachablePeer> peers,
        IPAddress receiver,
        IPEndPoint? itself
    )
    {
        var added = new List<(IPEndPoint, byte)>();
        // Not the same ones to everybody.
        int skipped = peers.Count > ExchangeMessage.MaxPeers ? Random.Shared.Next(peers.Count) : 0;
        foreach (ReachablePeer peer in peers.Values.Skip(skipped).Concat(peers.Values.Take(skipped)))
        {
            if (_told.Count == ExchangeMessage.MaxPeers)
                break;
            if (
                !peer.Endpoint.Equals(itself)
                && AddressScopes.MayTell(peer.Endpoint.Address, receiver)
                && _told.Add(peer.Endpoint)
            )
                added.Add((peer.Endpoint, peer.IsSeed ? ExchangeMessage.Seed : (byte)0));
        }
        return added;
    }
}
