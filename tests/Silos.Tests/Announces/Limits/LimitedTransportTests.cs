using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Text;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.PlainHttp;
using Distribution.Contracts.Telemetry;
using Distribution.Silos.Announces.Limits;
using Distribution.Silos.Announces.Plain;
using Distribution.Silos.Hosting;
using Distribution.Silos.Tests.Announces.Browsers;
using Distribution.Silos.Tests.Announces.Plain;
using Distribution.Silos.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.Silos.Tests.Announces.Limits;

/// <summary>How each transport refuses who asks too much.</summary>
public sealed class LimitedTransportTests : IDisposable
{
    /// <summary>So many announces pass; the next is refused.</summary>
    private const int Passing = 4;

    private readonly TestFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Over_plain_http_with_status_429_a_reason_and_when_to_retry()
    {
        await using SiloHost host = await StartAsync();
        InfoHash file = (await host.PublishAsync("limited-http")).Content!.InfoHash;
        for (int i = 0; i < Passing; i++)
            Assert.Equal(HttpStatusCode.OK, (await host.Http.GetAsync(Announce(file), Stop)).StatusCode);

        using HttpResponseMessage refused = await host.Http.GetAsync(Announce(file), Stop);

        await CheckAsync(refused);
    }

    [Fact]
    public async Task Before_the_web_server_likewise_and_each_announce_is_charged_once()
    {
        await using SiloHost host = await StartAsync();
        InfoHash file = (await host.PublishAsync("limited-loop")).Content!.InfoHash;
        string target = Announce(file).OriginalString + "&compact=1";
        PlainTracker tracker = host.Services.GetRequiredService<PlainTracker>();
        // What says something new is given on, as often as it is offered, and charged by whom it is given to.
        for (int i = 0; i < 3 * Passing; i++)
            Assert.Equal(PlainAnswer.Other, Offer(tracker, target, out _));
        Assert.Equal(HttpStatusCode.OK, (await host.Http.GetAsync(target, Stop)).StatusCode);
        for (int i = 1; i < Passing; i++)
        {
            Assert.Equal(PlainAnswer.Given, Offer(tracker, target, out string answer));
            Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        }

        Assert.Equal(PlainAnswer.Given, Offer(tracker, target, out string refused));
        using HttpResponseMessage general = await host.Http.GetAsync(target, Stop);

        await CheckAsync(general);
        Assert.StartsWith("HTTP/1.1 429 Too Many Requests\r\n", refused, StringComparison.Ordinal);
        Assert.Contains($"Retry-After: {general.Headers.RetryAfter}\r\n", refused, StringComparison.Ordinal);
        Assert.EndsWith(await general.Content.ReadAsStringAsync(Stop), refused, StringComparison.Ordinal);
        Assert.Equal(2, host.Services.GetRequiredService<RequestLimits>().Refused(RequestTransport.Http));
    }

    [Fact]
    public async Task By_the_framework_likewise()
    {
        await using SiloHost host = await StartAsync();
        InfoHash file = (await host.PublishAsync("limited-framework")).Content!.InfoHash;
        for (int i = 0; i < Passing; i++)
            Assert.Equal(HttpStatusCode.OK, (await host.Http.SendAsync(Unusual(Announce(file)), Stop)).StatusCode);

        using HttpResponseMessage refused = await host.Http.SendAsync(Unusual(Announce(file)), Stop);
        using HttpResponseMessage scrape = await host.Http.SendAsync(
            Unusual(new Uri($"/scrape{Announce(file).OriginalString["/announce".Length..]}", UriKind.Relative)),
            Stop
        );

        await CheckAsync(refused);
        await CheckAsync(scrape);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Over_udp_with_silence(bool inBatches)
    {
        await using SiloHost host = await StartAsync(inBatches);
        InfoHash file = (await host.PublishAsync("limited-udp")).Content!.InfoHash;
        using var client = new UdpTrackerClient(host.UdpEndpoint);
        await client.ConnectAsync();
        for (int i = 0; i < Passing; i++)
            await client.AnnounceAsync(file, "one", 1001, SiloHost.Size);

        await client.SendAnnounceAsync(file, "one", 1001, SiloHost.Size);

        // Connects have a bucket of their own: the answer to this comes, and none before it.
        await client.ConnectAsync();
        Assert.Equal(1, host.Services.GetRequiredService<RequestLimits>().Refused(RequestTransport.Udp));
    }

    [Fact]
    public async Task Over_a_websocket_with_a_message()
    {
        await using SiloHost host = await StartAsync();
        InfoHash file = (await host.PublishAsync("limited-ws")).Content!.InfoHash;
        await using TestBrowser browser = await TestBrowser.OpenAsync(host.Http.BaseAddress!, "one");
        // To open the socket cost one.
        for (int i = 1; i < Passing; i++)
        {
            await browser.SayAnnounceAsync(file, SiloHost.Size);
            Assert.False((await browser.HearAsync()).TryGetProperty("failure reason", out _));
        }

        await browser.SayAnnounceAsync(file, SiloHost.Size);

        string reason = (await browser.HearAsync()).GetProperty("failure reason").GetString()!;
        Assert.StartsWith("too many requests from your network, try again in ", reason, StringComparison.Ordinal);
        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() =>
            TestBrowser.OpenAsync(host.Http.BaseAddress!, "two")
        );
    }

    [Fact]
    public async Task What_is_refused_is_metered()
    {
        await using SiloHost host = await StartAsync();
        InfoHash file = (await host.PublishAsync("limited-metered")).Content!.InfoHash;
        for (int i = 0; i < Passing + 3; i++)
            (await host.Http.GetAsync(Announce(file), Stop)).Dispose();
        var heard = new Dictionary<string, long>();
        // Other silos of this process have instruments of the same names.
        IMeterFactory meters = host.Services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Name == TelemetryNames.LimitedRequests)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>(
            (_, value, tags, _) =>
                heard[string.Join(',', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}"))] = value
        );
        listener.Start();

        listener.RecordObservableInstruments();

        Assert.Equal(
            new Dictionary<string, long>
            {
                ["transport=udp"] = 0,
                ["transport=http"] = 3,
                ["transport=ws"] = 0,
            },
            heard
        );
    }

    private static PlainAnswer Offer(PlainTracker tracker, string target, out string answer)
    {
        Assert.True(
            PlainHead.TryRead(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n"), out PlainHead head)
        );
        var reply = new PlainReply(keepsAlive: true);
        PlainAnswer result = tracker.TryAnswer(head, reply);
        answer = Encoding.Latin1.GetString(reply.Written.WrittenSpan);
        return result;
    }

    private static async Task CheckAsync(HttpResponseMessage refused)
    {
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        double seconds = refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds;
        Assert.InRange(seconds, 1, 60);
        byte[] body = await refused.Content.ReadAsByteArrayAsync(Stop);
        Assert.True(HttpAnnounceReply.TryParse(body, out HttpAnnounceReply? reply, out _));
        Assert.Equal("too many requests from your network", reply!.FailureReason);
        Assert.Equal((int)Math.Ceiling(seconds / 60), reply.RetryInMinutes);
    }

    private static Uri Announce(InfoHash file)
    {
        string hash = string.Concat(
            file.AsSpan().ToArray().Select(static one => "%" + one.ToString("x2", CultureInfo.InvariantCulture))
        );
        return new Uri($"/announce?info_hash={hash}&peer_id=-HO0001-0123456789ab&port=1&left=5", UriKind.Relative);
    }

    /// <summary>With a header that no client sends, so that the framework reads it.</summary>
    private static HttpRequestMessage Unusual(Uri address)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("X-Unusual", "yes");
        return request;
    }

    private Task<SiloHost> StartAsync(bool udpInBatches = true)
    {
        var limits = new RequestLimitOptions
        {
            AnnouncesPerSecond = 1,
            AnnouncesPerSecondOfNetwork = 1,
            BurstSeconds = Passing,
            IncludesLocal = true,
        };
        var options = new SiloOptions
        {
            StatePath = _folder.StatePath,
            UdpPort = -1,
            UdpInBatches = udpInBatches,
        };
        // For the limits time stands still, however slow the machine is.
        return SiloHost.StartAsync(
            options,
            services => services.AddSingleton(new RequestLimits(limits, new FakeTimeProvider()))
        );
    }
}
