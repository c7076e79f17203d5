namespace Distribution.BitTorrent.Utp;

/// <summary>A packet with a sequence number, from when its bytes were accepted until it is acknowledged.</summary>
internal sealed class SentPacket
{
    public required byte[] Bytes { get; init; }

    public required int LengthBytes { get; init; }

    public int PayloadBytes => LengthBytes - UtpHeader.LengthBytes;

    public int Transmissions { get; set; }

    public long SentAt { get; set; }

    /// <summary>Counts transmissions of the connection: what left later has a greater one.</summary>
    public long Turn { get; set; }

    public bool IsAcknowledged { get; set; }

    /// <summary>On its way: counts against the window.</summary>
    public bool IsUnderWay { get; set; }
}
