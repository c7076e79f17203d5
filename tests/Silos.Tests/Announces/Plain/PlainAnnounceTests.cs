using System.Buffers;
using System.Net;
using System.Text;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.PlainHttp;
using Distribution.Silos.Announces.Plain;
using Distribution.Silos.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Silos.Tests.Announces.Plain;

/// <summary>The tracker as a handler of plain requests: at once, or not at all.</summary>
[Collection(SiloCollection.Name)]
public sealed class PlainAnnounceTests(SiloFixture silo)
{
    [Fact]
    public async Task An_announce_that_says_nothing_new_is_answered_as_on_a_connection()
    {
        InfoHash file = (await silo.Host.PublishAsync("plain-handler")).Content!.InfoHash;
        string query = TrackerClient.Query(file, "plain-handler", 1001, SiloHost.Size, "&compact=1");
        // What it adds to the ledger is for the general way.
        Assert.Equal(PlainAnswer.Other, Ask($"GET /announce?{query}", out _));
        byte[] general = await silo.Host.Http.GetByteArrayAsync(
            $"/announce?{query}",
            TestContext.Current.CancellationToken
        );

        Assert.Equal(PlainAnswer.Given, Ask($"GET /announce?{query}", out string answer));

        string[] parts = answer.Split("\r\n\r\n", 2);
        Assert.Contains($"Content-Length: {parts[1].Length}\r\n", parts[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Connection:", parts[0], StringComparison.Ordinal);
        Assert.True(
            HttpAnnounceReply.TryParse(Encoding.Latin1.GetBytes(parts[1]), out HttpAnnounceReply? reply, out _)
        );
        Assert.True(HttpAnnounceReply.TryParse(general, out HttpAnnounceReply? expected, out _));
        Assert.Equal(1, reply!.Incomplete);
        Assert.Equal(expected!.Incomplete, reply.Incomplete);
        // Drawn anew for each, from those of a young swarm.
        Assert.InRange(expected.IntervalSeconds, 30, 45);
        Assert.InRange(reply.IntervalSeconds, 30, 45);
        Assert.Equal(expected.ExternalAddress, reply.ExternalAddress);

        Assert.Equal(PlainAnswer.Given, Ask($"GET /announce?{query}", out string last, keepsAlive: false));
        Assert.Contains("\r\nConnection: close\r\n", last, StringComparison.Ordinal);
        Assert.Equal(PlainAnswer.Other, Ask($"HEAD /announce?{query}", out _));
        Assert.Equal(PlainAnswer.Other, Ask($"GET /announce?{query}", out _, "Range: bytes=0-1\r\n"));
        Assert.Equal(PlainAnswer.Other, Ask($"GET /announce/?{query}", out _));
        Assert.Equal(PlainAnswer.Other, Ask($"GET /scrape?{query}", out _));
        Assert.Equal(PlainAnswer.Other, Ask($"GET /announce?{query}&compact=0", out _));
    }

    [Theory]
    [InlineData("GET /announce")]
    [InlineData("GET /announce?")]
    [InlineData("GET /announce?info_hash=%aa")]
    [InlineData(
        "GET /announce?info_hash=%aa%aa%aa%aa%aa%aa%aa%aa%aa%aa%aa%aa%aa%aa%aa%aa%aa%aa%aa%aa&peer_id=-a-&port=1"
    )]
    public void What_is_wrong_or_unknown_is_the_general_ways(string line) =>
        Assert.Equal(PlainAnswer.Other, Ask(line, out _));

    private PlainAnswer Ask(string line, out string answer, string headers = "", bool keepsAlive = true)
    {
        byte[] request = Encoding.ASCII.GetBytes($"{line} HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
        Assert.True(PlainHead.TryRead(request, out PlainHead head));
        var reply = new Reply(keepsAlive);
        PlainAnswer result = silo.Host.Services.GetRequiredService<PlainTracker>().TryAnswer(head, reply);
        answer = Encoding.Latin1.GetString(reply.Written.WrittenSpan);
        if (result != PlainAnswer.Given)
            Assert.Empty(answer);
        return result;
    }

    private sealed class Reply(bool keepsAlive) : IPlainReply
    {
        public ArrayBufferWriter<byte> Written { get; } = new();

        public ReadOnlySpan<byte> AddressBytes => [127, 0, 0, 1];

        public IPAddress Address => IPAddress.Loopback;

        public bool KeepsAlive => keepsAlive;

        public object? Memo { get; set; }

        public void SendFile(SafeFileHandle file, long offset, long length, IPlainBody body) =>
            throw new InvalidOperationException("A tracker sends no file.");

        public void WaitFor(Task task) => throw new InvalidOperationException("A tracker asks nobody here.");

        public void Advance(int count) => Written.Advance(count);

        public Memory<byte> GetMemory(int sizeHint = 0) => Written.GetMemory(sizeHint);

        public Span<byte> GetSpan(int sizeHint = 0) => Written.GetSpan(sizeHint);
    }
}
