namespace Distribution.BitTorrent.Utp;

/// <summary>
/// How many bytes may be under way (BEP 29, LEDBAT): grows while our packets wait less than 100 ms in queues, shrinks while they wait longer, so
/// that it stands back before a sender notices that goes by losses.
/// </summary>
internal sealed class LedbatWindow(int packetBytes, int mostBytes)
{
    public const uint TargetMicroseconds = 100_000;

    /// <summary>The most that it grows in a round trip, in bytes.</summary>
    private const int GainBytes = 3000;

    private const int FirstPackets = 4;
    private const int LeastPackets = 2;

    private double _bytes = FirstPackets * packetBytes;
    private double _slowStartEnd = mostBytes;
    private bool _slowStart = true;

    public int Bytes => (int)_bytes;

    /// <param name="acknowledged">Bytes.</param>
    /// <param name="isFull">The window was what held sending back; one that is not used does not grow.</param>
    public void Acknowledged(int acknowledged, uint queueingMicroseconds, bool isFull)
    {
        if (_slowStart)
        {
            if (queueingMicroseconds > TargetMicroseconds * 9 / 10)
            {
                // The queue that is seen now was made by the window of a round trip ago, which was half of this one.
                Lost();
                return;
            }
            if (_bytes < _slowStartEnd)
            {
                if (isFull)
                    Set(_bytes + acknowledged);
                return;
            }
            _slowStart = false;
        }
        double distance = ((double)TargetMicroseconds - queueingMicroseconds) / TargetMicroseconds;
        double change = GainBytes * distance * acknowledged / Math.Max(_bytes, acknowledged);
        if (change < 0 || isFull)
            Set(_bytes + change);
    }

    /// <summary>Packets were lost; to be said once for all that were under way together.</summary>
    public void Lost()
    {
        _slowStart = false;
        Set(_bytes / 2);
    }

    /// <summary>Nothing was answered for too long: from one packet up again.</summary>
    public void TimedOut()
    {
        _slowStartEnd = Math.Max(_bytes / 2, LeastPackets * packetBytes);
        _slowStart = true;
        _bytes = packetBytes;
    }

    private void Set(double bytes) => _bytes = Math.Clamp(bytes, LeastPackets * packetBytes, mostBytes);
}
