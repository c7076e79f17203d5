using System.Runtime.InteropServices;
using Distribution.BitTorrent;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Swarms;

/// <summary>One announce in 80 bytes without references, as front ends hand it to a shard. Between silos these bytes travel as they are.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct PackedAnnounce
{
    public InfoHash InfoHash;
    public PeerId PeerId;

    /// <summary>The packet's or connection's source address, with the announced port.</summary>
    public WireEndpoint Endpoint;
    private byte _eventAndTransport;
    private ushort _downloaded;

    /// <summary>Clamped already.</summary>
    public ushort NumWant;
    public long LeftBytes;
    public long UploadedBytes;

    public AnnounceEvent Event
    {
        readonly get => (AnnounceEvent)(_eventAndTransport & 15);
        set => _eventAndTransport = (byte)(_eventAndTransport & ~15 | (byte)value);
    }

    public AnnounceTransport Transport
    {
        readonly get => (AnnounceTransport)(_eventAndTransport >> 4);
        set => _eventAndTransport = (byte)(_eventAndTransport & 15 | (byte)value << 4);
    }

    /// <summary>Rounded up a little, as it is a bound and no figure: <see cref="CoarseBytes"/>.</summary>
    public long DownloadedBytes
    {
        readonly get => CoarseBytes.Decode(_downloaded);
        set => _downloaded = CoarseBytes.Encode(value);
    }

    public static PackedAnnounce Of(InfoHash infoHash, SwarmAnnounce announce) =>
        new()
        {
            InfoHash = infoHash,
            PeerId = announce.PeerId,
            Endpoint = WireEndpoint.Of(announce.Endpoint),
            Event = announce.Event,
            DownloadedBytes = announce.DownloadedBytes,
            NumWant = (ushort)Math.Clamp(announce.NumWant, 0, ushort.MaxValue),
            LeftBytes = announce.LeftBytes,
            UploadedBytes = announce.UploadedBytes,
            Transport = announce.Transport,
        };

    /// <summary>What the ledger books of it.</summary>
    public readonly ViewerAnnounce ToViewerAnnounce() =>
        new(PeerId, new(Endpoint.Address), Event, LeftBytes, UploadedBytes, DownloadedBytes);

    /// <summary>What of it changes a session.</summary>
    public readonly AnnouncedProgress Progress =>
        ClientQuirks.ProgressOf(PeerId, Event, LeftBytes, UploadedBytes, DownloadedBytes);
}
