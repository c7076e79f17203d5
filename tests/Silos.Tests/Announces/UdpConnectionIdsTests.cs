using System.Net;
using Distribution.Silos.Announces;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.Silos.Tests.Announces;

public sealed class UdpConnectionIdsTests
{
    private static readonly byte[] Secret =
    [
        .. Enumerable.Range(0, UdpConnectionIds.SecretBytes).Select(static i => (byte)i),
    ];
    private static readonly IPEndPoint Client = IPEndPoint.Parse("203.0.113.1:5");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 30, TimeSpan.Zero));

    [Fact]
    public void An_id_is_its_addressees_alone()
    {
        var ids = new UdpConnectionIds(_clock, Secret);
        ulong id = ids.Issue(Client);

        Assert.True(ids.IsValid(id, Client));
        // Another port of the same address is the same host, behind its NAT.
        Assert.True(ids.IsValid(id, new IPEndPoint(Client.Address, 6)));
        Assert.False(ids.IsValid(id, IPEndPoint.Parse("203.0.113.2:5")));
        Assert.False(ids.IsValid(id ^ 1, Client));
        Assert.False(new UdpConnectionIds(_clock, new byte[32]).IsValid(id, Client));
    }

    [Fact]
    public void It_lives_for_one_to_two_minutes()
    {
        var ids = new UdpConnectionIds(_clock, Secret);
        ulong id = ids.Issue(Client);

        _clock.Advance(TimeSpan.FromSeconds(89));
        Assert.True(ids.IsValid(id, Client));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(ids.IsValid(id, Client));
    }

    [Fact]
    public void It_does_not_outlive_a_pause()
    {
        var ids = new UdpConnectionIds(_clock, Secret);
        ulong id = ids.Issue(Client);

        _clock.Advance(TimeSpan.FromMinutes(10));
        Assert.False(ids.IsValid(id, Client));
    }

    [Fact]
    public void Another_silo_of_the_cluster_takes_it_though_its_clock_differs()
    {
        var ahead = new FakeTimeProvider(_clock.GetUtcNow().AddSeconds(45));
        var here = new UdpConnectionIds(_clock, Secret);
        var there = new UdpConnectionIds(ahead, Secret);

        Assert.True(there.IsValid(here.Issue(Client), Client));
        Assert.True(here.IsValid(there.Issue(Client), Client));
    }
}
