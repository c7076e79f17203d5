using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Wire;
using Distribution.EdgeSeeder.Seeding.Links;
using Distribution.EdgeSeeder.Seeding.Loops;

namespace Distribution.EdgeSeeder.Seeding.Admission;

/// <summary>Who gets in: so many of one address, so many in all; and when all places are taken, who is more useful than somebody else.</summary>
internal sealed class Entrance(SeedingEngine engine, SeedingLoop[] loops)
{
    /// <summary>So many are looked at for the least useful one.</summary>
    private const int Sample = 16;

    private int _open;

    /// <summary>Takes in a peer that came by itself; else its socket is closed. Any thread.</summary>
    public void Admit(Socket socket, IPEndPoint remote)
    {
        if (engine.Households.Enter(remote.Address) is not { } household)
        {
            socket.Dispose();
            return;
        }
        SeedingLoop loop = LoopOf(household);
        if (loop.Post(() => Admit(loop, household, socket, remote)))
            return;
        socket.Dispose();
        engine.Households.Leave(household);
    }

    /// <summary>The connections of an address are all in one loop. Any thread.</summary>
    public SeedingLoop LoopOf(Household household) => loops[IndexOfLoop(household.Key)];

    /// <summary>The same by a household's key.</summary>
    public int IndexOfLoop(ulong household) => (int)(((household * 0x9E37_79B9_7F4A_7C15) >> 32) % (ulong)loops.Length);

    /// <summary>Makes a connection of a socket, if there is a place: a free one, or another's who goes. The loop's thread.</summary>
    /// <param name="swarm">The peer was dialled for it; null: it came by itself.</param>
    /// <returns>Null: no place; the socket and the household's count are the caller's.</returns>
    /// <exception cref="SocketException">The peer has gone already.</exception>
    public PeerConnection? TryOpen(
        SeedingLoop loop,
        Household household,
        Socket socket,
        IPEndPoint remote,
        SeedSwarm? swarm = null,
        DialTarget? target = null
    )
    {
        if (!HasRoom(loop, household, () => (IPEndPoint)socket.LocalEndPoint!, remote))
            return null;
        return TryOpen(
            loop,
            household,
            Encryptable(new TcpLink(socket, engine.Clock), swarm, target),
            remote,
            swarm,
            target
        );
    }

    /// <summary>Takes in a peer that came by itself over another link. False: there is no place for it; the link is the caller's. The loop's thread.</summary>
    public bool TryAdmit(SeedingLoop loop, PeerLink link, IPEndPoint remote)
    {
        if (engine.Households.Enter(remote.Address) is not { } household)
            return false;
        var own = new IPEndPoint(
            remote.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback,
            engine.Port
        );
        if (
            HasRoom(loop, household, () => own, remote)
            && TryOpen(loop, household, Encryptable(link, null, null), remote, null, null) is not null
        )
            return true;
        engine.Households.Leave(household);
        return false;
    }

    private PeerConnection? TryOpen(
        SeedingLoop loop,
        Household household,
        PeerLink link,
        IPEndPoint remote,
        SeedSwarm? swarm,
        DialTarget? target
    )
    {
        var connection = new PeerConnection(engine, loop, link, remote, household, swarm, target);
        if (!loop.TryAdd(connection, MostUngreeted))
            return null;
        Interlocked.Increment(ref _open);
        engine.CountAccepted();
        return connection;
    }

    private bool HasRoom(SeedingLoop loop, Household household, Func<IPEndPoint> own, IPEndPoint remote) =>
        Volatile.Read(ref _open) < engine.Limits.MaxConnections
        || TryMakeRoom(loop, household, SeedingEngine.Plain(own()), remote);

    /// <summary>Who comes by itself speaks as it likes; who is dialled is spoken to plainly, and if it only hung up, encrypted.</summary>
    private PeerLink Encryptable(PeerLink link, SeedSwarm? swarm, DialTarget? target)
    {
        if (swarm is null)
            return new EncryptableLink(link, engine.FindMarked, engine.KeyExchanges);
        if (target is not { Encrypted: true })
            return link;
        InfoHash name = swarm.Torrent.InfoHash;
        return new EncryptableLink(link, target.ByOtherName ? swarm.OtherName ?? name : name);
    }

    /// <summary>A connection is closed: its place is free again.</summary>
    public void Leave(Household household)
    {
        Interlocked.Decrement(ref _open);
        engine.Households.Leave(household);
    }

    private void Admit(SeedingLoop loop, Household household, Socket socket, IPEndPoint remote)
    {
        try
        {
            if (TryOpen(loop, household, socket, remote) is not null)
                return;
        }
        catch (SocketException)
        {
            // Gone already.
        }
        engine.Households.Leave(household);
        socket.Dispose();
    }

    private static bool TryMakeRoom(SeedingLoop loop, Household household, IPEndPoint own, IPEndPoint remote)
    {
        if (LeastUseful(loop, own) is not { } least)
            return false;
        var newcomer = new Usefulness(household.Connections, IsWanting: true, PeerPriority.Of(own, remote));
        if (newcomer <= Usefulness.Of(least, own))
            return false;
        least.Close(CloseReason.Crowded);
        return true;
    }

    private int MostUngreeted => Math.Max(1, engine.Limits.MaxUngreeted / loops.Length);

    private static PeerConnection? LeastUseful(SeedingLoop loop, IPEndPoint own)
    {
        PeerConnection? least = null;
        Usefulness usefulness = default;
        for (int i = 0; i < Sample && loop.Connections.Count > 0; i++)
        {
            PeerConnection one = loop.Connections[Random.Shared.Next(loop.Connections.Count)];
            var its = Usefulness.Of(one, own);
            if (least is not null && its >= usefulness)
                continue;
            (least, usefulness) = (one, its);
        }
        return least;
    }
}
