namespace Distribution.BitTorrent.Utp;

/// <content>What the other side's answers mean for what was sent, and what it means that none comes.</content>
public sealed partial class UtpConnection
{
    /// <summary>Between two packets for a window that is shut: the word that it has opened can be lost, and nobody says it twice.</summary>
    private const long KnockMicroseconds = 1_000_000;

    private void TimeOut(long now)
    {
        // A window that the other side has shut, and says so again and again, is no fault of the way.
        bool isRefused = IsShut && _heard;
        if (!isRefused && ++_failures >= _limits.MaxTimeOuts)
        {
            EndWith(UtpEnd.TimedOut);
            return;
        }
        if (!IsShut)
            _window.TimedOut();
        _heard = false;
        _sends.GiveUpAll();
        _recovery = (ushort)(_sends.Next - 1);
        if (!isRefused)
            _roundTrip.BackOff();
        _timeoutAt = now + (isRefused ? KnockMicroseconds : _roundTrip.TimeoutMicroseconds);
    }

    /// <summary>The other side takes packets again: the one that knocked at its shut window was dropped there, and the next time-out may be half a minute away.</summary>
    private void Reopen(long now)
    {
        if (_sends.Count == 0)
            return;
        _sends.GiveUp(_sends[_sends.Oldest]);
        _roundTrip.Answered();
        _failures = 0;
        _timeoutAt = now + _roundTrip.TimeoutMicroseconds;
    }

    private void Hear(in UtpHeader header, long now)
    {
        _difference = (uint)now - header.TimestampMicroseconds;
        _theirWindow = header.WindowBytes;
        _heard = true;
    }

    private void TakeAnswer(in UtpHeader header, ReadOnlySpan<byte> selective, bool isEmpty, long now)
    {
        if (header.DifferenceMicroseconds != 0)
            _delays.Add(header.DifferenceMicroseconds, now);
        bool isFull = _wasFull || _sends.BytesUnderWay + _limits.PacketBytes > _window.Bytes;
        ushort oldest = _sends.Oldest;
        _acknowledgedBytes = 0;
        _now = now;
        _sends.Acknowledge(header.Acknowledged, selective, Arrived, out ushort? lost);
        if (_acknowledgedBytes > 0)
            _window.Acknowledged(_acknowledgedBytes, _delays.QueueingMicroseconds, isFull);
        if (oldest != _sends.Oldest)
        {
            _repeats = _failures = 0;
            _roundTrip.Answered();
            _lingersUntil = Math.Min(now + LingerMicroseconds, _closedAt + MostLingerMicroseconds);
            _timeoutAt = _sends.Count == 0 ? long.MaxValue : now + _roundTrip.TimeoutMicroseconds;
            if (_sends.Count == 0)
                _wasFull = false;
        }
        else if (
            header.Type == UtpPacketType.State
            && isEmpty
            && selective.IsEmpty
            && _sends.Count > 0
            && _sends[_sends.Oldest].IsUnderWay
            && ++_repeats == 3
        )
        {
            // The other side does not tell what it has; three times the same number shows that one is missing.
            _sends.GiveUp(_sends[_sends.Oldest]);
            lost = _sends.Oldest;
        }
        // What was under way together halves the window once.
        if (lost is { } newest && (short)(newest - _recovery) > 0)
        {
            _recovery = (ushort)(_sends.Next - 1);
            _window.Lost();
        }
    }

    private void Arrived(SentPacket packet)
    {
        _acknowledgedBytes += packet.LengthBytes;
        if (packet.Transmissions == 1)
            _roundTrip.Add(_now - packet.SentAt);
    }
}
