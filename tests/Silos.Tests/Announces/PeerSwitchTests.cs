using System.Text.Json;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.Accounts;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Tests.Announces.Browsers;
using Distribution.Silos.Tests.Hosting;

namespace Distribution.Silos.Tests.Announces;

/// <summary>Where the operator has switched peers off nobody is told of anybody, whichever way they ask; <see cref="HttpTrackerTests"/> has HTTP.</summary>
[Collection(SiloCollection.Name)]
public sealed class PeerSwitchTests(SiloFixture silo)
{
    private IPeerSwitchGrain Switch => silo.Host.Grains.GetGrain<IPeerSwitchGrain>(0);

    [Theory]
    [InlineData(null)]
    [InlineData(Publishers.Default)]
    public async Task Over_UDP_it_holds_from_the_next_announce_until_it_is_on_again(string? publisher)
    {
        InfoHash file = (await silo.Host.PublishAsync($"udp-off-{publisher}")).Content!.InfoHash;
        using var client = new UdpTrackerClient(silo.Host.UdpEndpoint);
        await client.ConnectAsync();
        await client.AnnounceAsync(file, "udp-one", 1001, SiloHost.Size);
        Assert.Single((await client.AnnounceAsync(file, "udp-two", 1002, SiloHost.Size)).Peers);

        await Switch.SetAsync(publisher, true, Entry("peers.switched-off"));
        try
        {
            // One that is known, by the short way, and one that is new.
            Assert.Empty((await client.AnnounceAsync(file, "udp-two", 1002, SiloHost.Size)).Peers);
            UdpAnnounceReply fresh = await client.AnnounceAsync(file, "udp-three", 1003, SiloHost.Size);
            Assert.Empty(fresh.Peers);
            Assert.Equal(3, fresh.Leechers);
        }
        finally
        {
            await Switch.SetAsync(publisher, false, Entry("peers.switched-on"));
        }

        Assert.Equal(2, (await client.AnnounceAsync(file, "udp-two", 1002, SiloHost.Size)).Peers.Count);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Publishers.Default)]
    public async Task Between_browsers_no_offer_is_passed_on_until_it_is_on_again(string? publisher)
    {
        InfoHash file = (await silo.Host.PublishAsync($"ws-off-{publisher}")).Content!.InfoHash;
        await using TestBrowser one = await OpenAsync($"ws-off-one-{publisher}");
        await using TestBrowser two = await OpenAsync($"ws-off-two-{publisher}");
        await one.AnnounceAsync(file, SiloHost.Size, "started");

        await Switch.SetAsync(publisher, true, Entry("peers.switched-off"));
        try
        {
            JsonElement counted = await two.AnnounceAsync(file, SiloHost.Size, "started", offers: 5);
            Assert.Equal(2, counted.GetProperty("incomplete").GetInt32());
            // An offer would have come before the answer to this.
            JsonElement next = await one.AnnounceAsync(file, SiloHost.Size, offers: 5);
            Assert.False(next.TryGetProperty("offer", out _));
            Assert.True(next.TryGetProperty("interval", out _));
        }
        finally
        {
            await Switch.SetAsync(publisher, false, Entry("peers.switched-on"));
        }

        await two.AnnounceAsync(file, SiloHost.Size, offers: 5);
        JsonElement offered = await one.HearAsync();
        Assert.Equal("sdp-0", offered.GetProperty("offer").GetProperty("sdp").GetString());
    }

    private static AuditEntry Entry(string action) =>
        new()
        {
            At = DateTimeOffset.UnixEpoch,
            Actor = "operator",
            Action = action,
        };

    private Task<TestBrowser> OpenAsync(string name) => TestBrowser.OpenAsync(silo.Host.Http.BaseAddress!, name);
}
