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
    private byte _event;
    private byte _nothingDownloaded;
    private byte _transport;

    /// <summary>Clamped already.</summary>
    public ushort NumWant;
    public long LeftBytes;
    public long UploadedBytes;

    public AnnounceEvent Event
    {
        readonly get => (AnnounceEvent)_event;
        set => _event = (byte)value;
    }

    public AnnounceTransport Transport
    {
        readonly get => (AnnounceTransport)_transport;
        set => _transport = (byte)value;
    }

    /// <summary>The client says <c>downloaded=0</c>.</summary>
    public bool NothingDownloaded
    {
        readonly get => _nothingDownloaded != 0;
        set => _nothingDownloaded = value ? (byte)1 : (byte)0;
    }

    public static PackedAnnounce Of(InfoHash infoHash, SwarmAnnounce announce) =>
        new()
        {
            InfoHash = infoHash,
            PeerId = announce.PeerId,
            Endpoint = WireEndpoint.Of(announce.Endpoint),
            Event = announce.Event,
            NothingDownloaded = announce.DownloadedBytes == 0,
            NumWant = (ushort)Math.Clamp(announce.NumWant, 0, ushort.MaxValue),
            LeftBytes = announce.LeftBytes,
            UploadedBytes = announce.UploadedBytes,
            Transport = announce.Transport,
        };

    /// <summary>What the ledger books of it.</summary>
    public readonly ViewerAnnounce ToViewerAnnounce() =>
        new(PeerId, new(Endpoint.Address), Event, LeftBytes, UploadedBytes, NothingDownloaded);

    /// <summary>What of it changes a session.</summary>
    public readonly AnnouncedProgress Progress => new(Event, LeftBytes, UploadedBytes, NothingDownloaded);
}
