using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using Distribution.Silos.Swarms;

namespace Distribution.Silos.Announces.Plain;

/// <summary>Writes responses as the framework would, without its objects.</summary>
internal static class PlainResponse
{
    /// <summary>Room for a head, and for a body without its endpoints.</summary>
    private const int HeadBytes = 256;
    private const int MostBodyWithoutPeers = 256;

    /// <param name="date">As RFC 9110 writes it.</param>
    public static void Write(
        IBufferWriter<byte> output,
        ReadOnlySpan<byte> body,
        bool keepsAlive,
        ReadOnlySpan<byte> date
    )
    {
        var text = new Text(output.GetSpan(HeadBytes + body.Length));
        text.AddHead(body.Length, keepsAlive, date);
        text.Add(body);
        output.Advance(text.Length);
    }

    /// <summary>Refuses who asks too much: status 429.</summary>
    /// <param name="waitSeconds">Until it may be tried again.</param>
    public static void WriteTooMany(
        IBufferWriter<byte> output,
        int waitSeconds,
        bool keepsAlive,
        ReadOnlySpan<byte> date
    )
    {
        ReadOnlySpan<byte> body = HttpTracker.TooMany(waitSeconds).Span;
        var text = new Text(output.GetSpan(HeadBytes + body.Length));
        text.Add("HTTP/1.1 429 Too Many Requests\r\nRetry-After: "u8);
        text.Add(waitSeconds);
        text.Add("\r\nContent-Length: "u8);
        text.AddRestOfHead(body.Length, keepsAlive, date);
        text.Add(body);
        output.Advance(text.Length);
    }

    /// <summary>The answer to an announce (BEPs 3, 7, 23, 24), in the order of <c>HttpAnnounceReply</c>.</summary>
    /// <param name="reply">A <see cref="CompactReply"/>.</param>
    /// <param name="address">The client's, 4 or 16 bytes: the endpoints are of its family.</param>
    public static void WriteAnnounce(
        IBufferWriter<byte> output,
        ReadOnlySpan<byte> reply,
        ReadOnlySpan<byte> address,
        bool keepsAlive,
        ReadOnlySpan<byte> date
    )
    {
        int interval = BinaryPrimitives.ReadInt32BigEndian(reply);
        int leechers = BinaryPrimitives.ReadInt32BigEndian(reply[4..]);
        int seeders = BinaryPrimitives.ReadInt32BigEndian(reply[8..]);
        ReadOnlySpan<byte> peers = reply[CompactReply.HeaderBytes..];
        bool isIPv6 = address.Length == 16;

        Span<byte> before = stackalloc byte[MostBodyWithoutPeers];
        var body = new Text(before);
        body.Add("d8:completei"u8);
        body.Add(seeders);
        body.Add("e11:external ip"u8);
        body.Add(address.Length);
        body.Add(":"u8);
        body.Add(address);
        body.Add("10:incompletei"u8);
        body.Add(leechers);
        body.Add("e8:intervali"u8);
        body.Add(interval);
        body.Add("e12:min intervali"u8);
        body.Add(AnnounceInterval.MinSecondsFor(interval));
        body.Add("e5:peers"u8);
        if (isIPv6)
        {
            body.Add("0:"u8);
            if (!peers.IsEmpty)
                body.Add("6:peers6"u8);
        }
        if (!isIPv6 || !peers.IsEmpty)
        {
            body.Add(peers.Length);
            body.Add(":"u8);
        }

        int bodyBytes = body.Length + peers.Length + 1;
        var text = new Text(output.GetSpan(HeadBytes + bodyBytes));
        text.AddHead(bodyBytes, keepsAlive, date);
        text.Add(before[..body.Length]);
        text.Add(peers);
        text.Add("e"u8);
        output.Advance(text.Length);
    }

    private ref struct Text(Span<byte> room)
    {
        private readonly Span<byte> _room = room;

        public int Length { get; private set; }

        public void Add(scoped ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_room[Length..]);
            Length += bytes.Length;
        }

        public void Add(int number)
        {
            Utf8Formatter.TryFormat(number, _room[Length..], out int written);
            Length += written;
        }

        public void AddHead(int bodyBytes, bool keepsAlive, scoped ReadOnlySpan<byte> date)
        {
            Add("HTTP/1.1 200 OK\r\nContent-Length: "u8);
            AddRestOfHead(bodyBytes, keepsAlive, date);
        }

        public void AddRestOfHead(int bodyBytes, bool keepsAlive, scoped ReadOnlySpan<byte> date)
        {
            Add(bodyBytes);
            Add("\r\nContent-Type: text/plain\r\nDate: "u8);
            Add(date);
            Add(
                keepsAlive
                    ? "\r\nCache-Control: no-store\r\n\r\n"u8
                    : "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"u8
            );
        }
    }
}
