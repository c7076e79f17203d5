using System.Buffers;

namespace Distribution.BitTorrent.Utp;

/// <summary>A connection's packets that are not acknowledged yet, by sequence number.</summary>
internal sealed class SendQueue(ushort firstSequence)
{
    public const int MostPackets = 512;

    private const int LossesShown = 3; // so many later packets have arrived: this one has not

    private readonly SentPacket?[] _packets = new SentPacket?[MostPackets];
    private long _turn;

    /// <summary>Of the oldest packet that is not acknowledged.</summary>
    public ushort Oldest { get; private set; } = firstSequence;

    /// <summary>Of the next packet.</summary>
    public ushort Next { get; private set; } = firstSequence;

    public int Count => (ushort)(Next - Oldest);

    /// <summary>Sent, and neither acknowledged nor given up for lost.</summary>
    public int BytesUnderWay { get; private set; }

    /// <summary>Payload that never left yet.</summary>
    public int UnsentBytes { get; private set; }

    /// <summary>With headers: what is to leave, for the first time or again.</summary>
    public int WaitingBytes { get; private set; }

    public SentPacket this[ushort sequence] => _packets[sequence % MostPackets]!;

    /// <summary>Takes a packet whose header type and payload are written; the buffer comes from the shared pool and goes back there.</summary>
    public void Add(byte[] bytes, int lengthBytes)
    {
        _packets[Next % MostPackets] = new SentPacket { Bytes = bytes, LengthBytes = lengthBytes };
        Next++;
        UnsentBytes += lengthBytes - UtpHeader.LengthBytes;
        WaitingBytes += lengthBytes;
    }

    /// <summary>It left. Answers its payload if that was the first time.</summary>
    public int Left(SentPacket packet, long now)
    {
        bool first = packet.Transmissions++ == 0;
        packet.SentAt = now;
        packet.Turn = ++_turn;
        packet.IsUnderWay = true;
        BytesUnderWay += packet.LengthBytes;
        WaitingBytes -= packet.LengthBytes;
        if (!first)
            return 0;
        UnsentBytes -= packet.PayloadBytes;
        return packet.PayloadBytes;
    }

    /// <summary>Whether the number could be an answer to what was sent.</summary>
    /// <param name="more">So far it may lie beyond.</param>
    public bool Covers(ushort acknowledged, int more = 0) => (ushort)(acknowledged - Oldest + 1) <= Count + more;

    /// <summary>Takes all packets up to a number, and those of a selective acknowledgement, as arrived.</summary>
    /// <param name="arrived">Hears of each packet that was not known to have arrived.</param>
    /// <param name="lost">The newest packet that must have been lost on the way; null: none was.</param>
    public void Acknowledge(
        ushort acknowledged,
        ReadOnlySpan<byte> selective,
        Action<SentPacket> arrived,
        out ushort? lost
    )
    {
        while (Count > 0 && (short)(acknowledged - Oldest) >= 0)
        {
            SentPacket packet = this[Oldest];
            Arrive(packet, arrived);
            _packets[Oldest % MostPackets] = null;
            ArrayPool<byte>.Shared.Return(packet.Bytes);
            Oldest++;
        }
        lost = null;
        if (!selective.IsEmpty)
            AcknowledgeSelected((ushort)(acknowledged + 2), selective, arrived, out lost);
    }

    /// <summary>Nothing of what is under way is believed to arrive any more.</summary>
    public void GiveUpAll()
    {
        for (ushort sequence = Oldest; sequence != Next; sequence++)
            GiveUp(this[sequence]);
    }

    public void GiveUp(SentPacket packet)
    {
        if (!packet.IsUnderWay)
            return;
        packet.IsUnderWay = false;
        BytesUnderWay -= packet.LengthBytes;
        WaitingBytes += packet.LengthBytes;
    }

    public void Free()
    {
        for (; Oldest != Next; Oldest++)
        {
            ArrayPool<byte>.Shared.Return(this[Oldest].Bytes);
            _packets[Oldest % MostPackets] = null;
        }
        BytesUnderWay = UnsentBytes = WaitingBytes = 0;
    }

    private void AcknowledgeSelected(
        ushort first,
        ReadOnlySpan<byte> selective,
        Action<SentPacket> arrived,
        out ushort? lost
    )
    {
        lost = null;
        // The three latest turns among what has arrived: what left before all of them was overtaken three times.
        Span<long> latest = stackalloc long[LossesShown];
        latest.Clear();
        int end = Math.Min(selective.Length * 8, (ushort)(Next - first));
        if ((short)(Next - first) <= 0)
            return;
        for (int bit = 0; bit < end; bit++)
        {
            if ((selective[bit / 8] >> bit % 8 & 1) == 0)
                continue;
            SentPacket packet = this[(ushort)(first + bit)];
            if (packet.Transmissions == 0)
                continue;
            Arrive(packet, arrived);
            if (packet.Turn > latest[0])
            {
                latest[0] = packet.Turn;
                latest.Sort();
            }
        }
        for (ushort sequence = Oldest; sequence != (ushort)(first + end); sequence++)
        {
            SentPacket packet = this[sequence];
            if (packet.IsUnderWay && packet.Turn < latest[0])
            {
                GiveUp(packet);
                lost = sequence;
            }
        }
    }

    private void Arrive(SentPacket packet, Action<SentPacket> arrived)
    {
        if (packet.IsAcknowledged)
            return;
        packet.IsAcknowledged = true;
        if (packet.Transmissions == 0)
            UnsentBytes -= packet.PayloadBytes;
        GiveUp(packet);
        WaitingBytes -= packet.LengthBytes;
        arrived(packet);
    }
}
