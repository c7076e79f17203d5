using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Swarms;

namespace Distribution.Silos.Tests.Announces.Captures;

/// <summary>One announce of a capture, in the columns of the lab's <c>recorder.py</c>; "-" is what was not said.</summary>
internal sealed record CapturedAnnounce(
    double Seconds,
    string Tracker,
    bool IsIPv6,
    string InfoHash,
    string PeerId,
    string Port,
    string Key,
    string Event,
    string Uploaded,
    string Downloaded,
    string Left,
    string NumWant,
    string Compact
)
{
    private static readonly string[] UdpEvents = ["-", "completed", "started", "stopped"];

    public long UploadedBytes => Number(Uploaded);

    public long LeftBytes => Number(Left);

    public static CapturedAnnounce Parse(string line)
    {
        string[] parts = line.Split(' ');
        Assert.Equal(13, parts.Length);
        return new CapturedAnnounce(
            double.Parse(parts[0], CultureInfo.InvariantCulture),
            parts[1],
            parts[2] == "6",
            parts[3],
            parts[4],
            parts[5],
            parts[6],
            parts[7],
            parts[8],
            parts[9],
            parts[10],
            parts[11],
            parts[12]
        );
    }

    /// <summary>Said again as it was, as a query or a packet, and read by the tracker's own parsers.</summary>
    public PackedAnnounce Read(IPAddress from)
    {
        if (Tracker == "udp")
        {
            Assert.True(UdpAnnounceRequest.TryParse(ToPacket(), out UdpAnnounceRequest packet));
            return PackedAnnounce.Of(
                packet.InfoHash,
                new SwarmAnnounce(
                    packet.PeerId,
                    new IPEndPoint(from, packet.Port),
                    (AnnounceEvent)packet.Event,
                    packet.UploadedBytes,
                    packet.DownloadedBytes,
                    packet.LeftBytes,
                    Swarm.ClampNumWant(packet.NumWant)
                )
            );
        }
        Assert.True(HttpAnnounceQuery.TryParse(ToQuery(), out HttpAnnounceQuery query, out TrackerQueryError error));
        Assert.Equal(TrackerQueryError.None, error);
        return PackedAnnounce.Of(
            query.InfoHash,
            new SwarmAnnounce(
                query.PeerId,
                new IPEndPoint(from, query.Port),
                (AnnounceEvent)query.Event,
                query.UploadedBytes,
                query.DownloadedBytes,
                query.LeftBytes,
                Swarm.ClampNumWant(query.NumWant)
            )
        );
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private byte[] ToQuery()
    {
        var query = new StringBuilder($"info_hash={Escaped(InfoHash)}&peer_id={Escaped(PeerId)}");
        (string Name, string Value)[] rest =
        [
            ("port", Port),
            ("uploaded", Uploaded),
            ("downloaded", Downloaded),
            ("left", Left),
            ("event", Event),
            ("numwant", NumWant),
            ("compact", Compact),
            ("key", Key == "-" ? Key : Escaped(Key)),
        ];
        foreach ((string name, string value) in rest.Where(static field => field.Value != "-"))
            query.Append(CultureInfo.InvariantCulture, $"&{name}={value}");
        return Encoding.ASCII.GetBytes(query.ToString());
    }

    private byte[] ToPacket()
    {
        var packet = new byte[UdpAnnounceRequest.LengthBytes];
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(8), (int)UdpTrackerAction.Announce);
        Convert.FromHexString(InfoHash).CopyTo(packet, 16);
        Convert.FromHexString(PeerId).CopyTo(packet, 36);
        BinaryPrimitives.WriteInt64BigEndian(packet.AsSpan(56), Number(Downloaded));
        BinaryPrimitives.WriteInt64BigEndian(packet.AsSpan(64), LeftBytes);
        BinaryPrimitives.WriteInt64BigEndian(packet.AsSpan(72), UploadedBytes);
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(80), Array.IndexOf(UdpEvents, Event));
        Convert.FromHexString(Key).CopyTo(packet, 88);
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(92), (int)Number(NumWant));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(96), (ushort)Number(Port));
        return packet;
    }

    private static string Escaped(string hex) =>
        string.Concat(hex.Chunk(2).Select(static digits => $"%{digits[0]}{digits[1]}"));
}
