namespace Distribution.BitTorrent.Tests.Utp;

/// <summary>A sender that knows of congestion by losses alone, as TCP Reno does: it doubles, then adds one packet a round trip, and halves.</summary>
internal sealed class LossBasedFlow(SimulatedTime time, SimulatedPath way, long backMicroseconds)
{
    private const int PacketBytes = 1400;
    private const long TimeoutMicroseconds = 1_500_000;

    private readonly HashSet<int> _received = [];
    private double _window = 4;
    private double _slowStartEnd = double.MaxValue;
    private int _next;
    private int _oldest;
    private int _repeats;
    private int _recovery = -1;
    private int _contiguous;
    private int _highest;
    private int _resent = -1;
    private long _progressAt;
    private bool _stopped;

    public long Received { get; private set; }

    public void Start()
    {
        _progressAt = time.Now;
        Send();
        Watch();
    }

    public void Stop() => _stopped = true;

    private void Send()
    {
        while (!_stopped && _next - _oldest < (int)_window)
            SendOne(_next++);
    }

    private void SendOne(int number) => way.Send(new byte[PacketBytes], _ => Arrive(number));

    private void Arrive(int number)
    {
        if (number >= _contiguous && _received.Add(number))
            Received += PacketBytes;
        while (_received.Remove(_contiguous))
            _contiguous++;
        _highest = Math.Max(_highest, number);
        int acknowledged = _contiguous;
        time.At(time.Now + backMicroseconds, () => Acknowledge(acknowledged));
    }

    private void Acknowledge(int next)
    {
        if (next > _oldest)
        {
            _oldest = next;
            _next = Math.Max(_next, next);
            _repeats = 0;
            _progressAt = time.Now;
            if (_oldest > _recovery)
                _window += _window < _slowStartEnd ? 1 : 1 / _window;
        }
        else if (_next > _oldest && ++_repeats == 3 && _oldest > _recovery)
        {
            _recovery = _next - 1;
            _window = Math.Max(2, _window / 2);
            _slowStartEnd = _window;
            ResendHoles();
        }
        Send();
    }

    /// <summary>As with selective acknowledgements: the sender knows what has come.</summary>
    private void ResendHoles()
    {
        for (int number = Math.Max(_oldest, _resent + 1); number < _highest; number++)
        {
            if (!_received.Contains(number))
                SendOne(number);
        }
        _resent = _highest;
    }

    private void Watch() =>
        time.At(
            time.Now + TimeoutMicroseconds / 3,
            () =>
            {
                if (_stopped)
                    return;
                if (_next > _oldest && time.Now - _progressAt > TimeoutMicroseconds)
                {
                    _slowStartEnd = Math.Max(2, _window / 2);
                    _window = 1;
                    _recovery = _resent = -1;
                    _next = _oldest;
                    _progressAt = time.Now;
                    Send();
                }
                Watch();
            }
        );
}
