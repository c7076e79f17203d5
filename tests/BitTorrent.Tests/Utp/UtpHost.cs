using Distribution.BitTorrent.Utp;

namespace Distribution.BitTorrent.Tests.Utp;

/// <summary>One end of a connection in the simulated network: sends what it has to say as the window lets it, and reads all that comes.</summary>
internal sealed class UtpHost(SimulatedTime time, SimulatedPath way, long clockOffset, UtpLimits limits)
{
    private readonly List<ReadOnlyMemory<byte>> _packets = [];
    private readonly byte[] _buffer = new byte[4096];
    private long _wakeAt = long.MaxValue;
    private int _said;

    public UtpConnection? Connection { get; private set; }

    public SimulatedPath Way => way;

    public UtpHost? Other { get; set; }

    public byte[] ToSay { get; set; } = [];

    /// <summary>False: what comes is left where it is.</summary>
    public bool Reads { get; set; } = true;

    /// <summary>True: it does not close when it has said everything.</summary>
    public bool Stays { get; set; }

    public MemoryStream Heard { get; } = new();

    /// <summary>Bytes that <see cref="UtpConnection.Commit"/> said to have left for the first time.</summary>
    public long FirstSent { get; private set; }

    public int Packets { get; private set; }

    private long Clock => time.Now + clockOffset;

    public void Connect()
    {
        Connection = UtpConnection.Connect((ushort)Random.Shared.Next(1 << 16), limits, Clock);
        Pump();
    }

    public void Arrive(byte[] packet)
    {
        Assert.True(UtpHeader.TryRead(packet, out UtpHeader header, out var selective, out var payload));
        if (Connection is null)
        {
            if (header.Type != UtpPacketType.Syn)
                return;
            Connection = UtpConnection.Accept(header, limits, Clock);
        }
        else
            Connection.Receive(header, selective, payload, Clock);
        Pump();
    }

    public void Pump()
    {
        UtpConnection connection = Connection!;
        for (int count; Reads && (count = connection.Read(_buffer)) > 0; )
            Heard.Write(_buffer, 0, count);
        if (_said < ToSay.Length)
            _said += connection.Write(ToSay.AsSpan(_said));
        else if (!Stays && connection.IsConnected && (ToSay.Length > 0 || connection.HasEnded))
            connection.Close(Clock);
        while (true)
        {
            _packets.Clear();
            connection.Collect(_packets, 16, Clock);
            foreach (ReadOnlyMemory<byte> packet in _packets)
            {
                Assert.InRange(packet.Length, UtpHeader.LengthBytes, limits.PacketBytes);
                way.Send(packet.ToArray(), Other!.Arrive);
            }
            Packets += _packets.Count;
            if (_packets.Count == 0)
                break;
            FirstSent += connection.Commit(_packets.Count, Clock);
        }
        Assert.InRange(connection.BytesUnderWay, 0, limits.MaxWindowBytes);
        WakeLater(connection.NextCheckAt);
    }

    private void WakeLater(long at)
    {
        if (at == long.MaxValue || at - clockOffset >= _wakeAt)
            return;
        _wakeAt = at - clockOffset;
        time.At(
            _wakeAt,
            () =>
            {
                _wakeAt = long.MaxValue;
                Connection!.CheckTimes(Clock);
                Pump();
            }
        );
    }
}
