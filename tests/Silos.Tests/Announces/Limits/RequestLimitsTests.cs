using System.Net;
using Distribution.Silos.Announces.Limits;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.Silos.Tests.Announces.Limits;

public sealed class RequestLimitsTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void An_address_has_its_burst_and_then_its_rate()
    {
        RequestLimits limits = New(perAddress: 10, perNetwork: 1_000, burstSeconds: 2);

        Assert.Equal(20, Announces(limits, "203.0.113.1"));
        Assert.Equal(20, Announces(limits, "203.0.113.2"));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(10, Announces(limits, "203.0.113.1"));
    }

    [Fact]
    public void A_network_has_its_own_bound_over_all_its_addresses()
    {
        RequestLimits limits = New(perAddress: 10, perNetwork: 30, burstSeconds: 1);

        int[] each = [.. Enumerable.Range(1, 10).Select(last => Announces(limits, $"203.0.113.{last}"))];

        Assert.Equal([10, 10, 10, 0, 0, 0, 0, 0, 0, 0], each);
        Assert.Equal(10, Announces(limits, "203.0.114.1"));
    }

    [Fact]
    public void Of_IPv6_a_64_counts_as_one_address_and_a_48_as_its_network()
    {
        RequestLimits limits = New(perAddress: 10, perNetwork: 15, burstSeconds: 1);

        Assert.Equal(10, Announces(limits, "2001:db8:1:1::1"));
        Assert.Equal(0, Announces(limits, "2001:db8:1:1:ffff::2"));
        Assert.Equal(5, Announces(limits, "2001:db8:1:2::1"));
        Assert.Equal(10, Announces(limits, "2001:db8:2:1::1"));
        // Written as IPv6 an IPv4 address is itself.
        Assert.Equal(10, Announces(limits, "203.0.113.1"));
        Assert.Equal(0, Announces(limits, "::ffff:203.0.113.1"));
    }

    [Fact]
    public void The_refused_hear_when_to_come_again()
    {
        RequestLimits limits = New(perAddress: 1, perNetwork: 100, burstSeconds: 1);
        byte[] address = IPAddress.Parse("203.0.113.1").GetAddressBytes();
        Assert.Equal(0, limits.Take(address, RequestCost.Scrape(74), RequestTransport.Http));

        int wait = limits.Take(address, RequestCost.Announce, RequestTransport.Http);

        Assert.InRange(wait, 1, 2);
        _clock.Advance(TimeSpan.FromSeconds(wait));
        Assert.Equal(0, limits.Take(address, RequestCost.Announce, RequestTransport.Http));
        Assert.Equal(1, limits.Refused(RequestTransport.Http));
        Assert.Equal(0, limits.Refused(RequestTransport.Udp));
    }

    [Fact]
    public void Forged_connects_use_up_nothing_of_what_a_viewer_may_announce()
    {
        RequestLimits limits = New(perAddress: 10, perNetwork: 100, burstSeconds: 1);
        byte[] address = IPAddress.Parse("203.0.113.1").GetAddressBytes();

        int connects = Enumerable.Range(0, 10_000).Count(_ => limits.TakeConnect(address, limits.Now));

        Assert.Equal(40, connects);
        Assert.Equal(10, Announces(limits, "203.0.113.1"));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("10.1.2.3")]
    [InlineData("192.168.1.2")]
    [InlineData("fd00::1")]
    [InlineData("fe80::1")]
    [InlineData("::ffff:127.0.0.1")]
    public void What_is_local_is_limited_only_where_that_is_asked_for(string address)
    {
        Assert.Equal(1_000, Announces(New(perAddress: 1, perNetwork: 1, burstSeconds: 1), address));
        Assert.Equal(1, Announces(New(perAddress: 1, perNetwork: 1, burstSeconds: 1, includesLocal: true), address));
    }

    [Fact]
    public void Carriers_shared_addresses_are_limited_as_strangers_are() =>
        Assert.Equal(1, Announces(New(perAddress: 1, perNetwork: 1, burstSeconds: 1), "100.64.0.1"));

    [Fact]
    public void Zero_switches_them_off() =>
        Assert.Equal(1_000, Announces(New(perAddress: 0, perNetwork: 1, burstSeconds: 1), "203.0.113.1"));

    [Fact]
    public void A_million_sources_take_no_more_memory_than_one()
    {
        RequestLimits limits = New(perAddress: 10, perNetwork: 100, burstSeconds: 1);
        Announces(limits, "203.0.113.1");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Span<byte> address = stackalloc byte[4];
        for (int i = 0; i < 1_000_000; i++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(address, 0x20000000 + i * 251);
            limits.Take(address, RequestCost.Announce, RequestTransport.Udp);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2 << 20, limits.Bytes);
    }

    [Fact]
    public void A_viewer_is_served_whoever_else_comes()
    {
        RequestLimits limits = New(perAddress: 10, perNetwork: 100, burstSeconds: 1);
        var random = new Random(1);
        Span<byte> address = stackalloc byte[4];
        byte[] viewer = IPAddress.Parse("203.0.113.1").GetAddressBytes();
        for (int i = 0; i < 1_000_000; i++)
        {
            random.NextBytes(address);
            address[0] = 8;
            limits.Take(address, RequestCost.Announce, RequestTransport.Udp);
            if (i % 1_000 != 0)
                continue;
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            Assert.Equal(0, limits.Take(viewer, RequestCost.Announce, RequestTransport.Udp));
        }
    }

    [Fact]
    public void Options_tell_all_that_is_wrong()
    {
        Assert.Empty(new RequestLimitOptions().Problems());
        var wrong = new RequestLimitOptions
        {
            AnnouncesPerSecond = 2_000_000,
            AnnouncesPerSecondOfNetwork = 0,
            BurstSeconds = 0,
        };
        Assert.Equal(4, wrong.Problems().Count());
    }

    private RequestLimits New(int perAddress, int perNetwork, int burstSeconds, bool includesLocal = false) =>
        new(
            new RequestLimitOptions
            {
                AnnouncesPerSecond = perAddress,
                AnnouncesPerSecondOfNetwork = perNetwork,
                BurstSeconds = burstSeconds,
                IncludesLocal = includesLocal,
            },
            _clock
        );

    /// <summary>How many of a thousand are let through at once.</summary>
    private static int Announces(RequestLimits limits, string address)
    {
        byte[] bytes = IPAddress.Parse(address).GetAddressBytes();
        return Enumerable
            .Range(0, 1_000)
            .Count(_ => limits.Take(bytes, RequestCost.Announce, RequestTransport.Udp) == 0);
    }
}
