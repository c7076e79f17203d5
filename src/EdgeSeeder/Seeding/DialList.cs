using System.Net;
using Distribution.BitTorrent;
using Distribution.EdgeSeeder.Seeding.Admission;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>A swarm's viewers to dial: which are due, and when the others will be.</summary>
internal sealed class DialList(SeedingLimits limits, bool hasOtherName, TimeProvider clock)
{
    /// <summary>A connection that lasted this long was good: its loss is no failure.</summary>
    private static readonly TimeSpan _goodConnection = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, (bool ByOtherName, bool Encrypted)> _ways = [];
    private Dictionary<IPEndPoint, DialTarget> _targets = [];

    public void Replace(IReadOnlyList<IPEndPoint> viewers)
    {
        lock (_gate)
        {
            var targets = new Dictionary<IPEndPoint, DialTarget>();
            foreach (IPEndPoint viewer in viewers.Take(limits.MaxDialTargets))
                targets[viewer] = _targets.TryGetValue(viewer, out DialTarget? known) ? known : NewTarget(viewer);
            _targets = targets;
        }
    }

    /// <summary>So many viewers are on the latest list at a household.</summary>
    public int CountAt(ulong household)
    {
        lock (_gate)
            return _targets.Keys.Count(viewer => Household.KeyOf(viewer.Address) == household);
    }

    private DialTarget NewTarget(IPEndPoint viewer)
    {
        bool isKnown = _ways.TryGetValue(viewer.Address, out (bool ByOtherName, bool Encrypted) way);
        return new DialTarget(viewer)
        {
            ByOtherName = way.ByOtherName,
            Encrypted = way.Encrypted,
            IsKnownWay = isKnown,
        };
    }

    /// <summary>Takes at most <paramref name="most"/> targets that are due, none of which is connected; each is busy until <see cref="Ended"/>.</summary>
    public List<DialTarget> TakeDue(int most, Func<IPEndPoint, bool> isConnectedTo, Func<PeerId, bool> isConnected)
    {
        var due = new List<DialTarget>();
        long now = clock.GetTimestamp();
        lock (_gate)
        {
            foreach (DialTarget target in _targets.Values)
            {
                if (due.Count == most)
                    break;
                if (target.Busy || target.Settled || target.DueAt > now)
                    continue;
                if (target.HeldBy is { } holder && isConnected(holder))
                    continue;
                if (isConnectedTo(target.Endpoint))
                    continue;
                target.Busy = true;
                target.HeldBy = null;
                due.Add(target);
            }
        }
        return due;
    }

    /// <summary>A viewer came by itself: so it will be greeted, when it is lost.</summary>
    public void Learn(IPAddress address, bool byOtherName, bool encrypted)
    {
        lock (_gate)
        {
            if (_ways.Count >= limits.MaxDialTargets)
                _ways.Clear();
            _ways[address] = (byOtherName, encrypted);
            foreach (DialTarget target in _targets.Values)
            {
                if (target.Endpoint.Address.Equals(address))
                    (target.ByOtherName, target.Encrypted, target.IsKnownWay) = (byOtherName, encrypted, true);
            }
        }
    }

    /// <summary>Says how a dial, or the connection that came of it, ended.</summary>
    /// <param name="peer">Who was there, where that is known.</param>
    /// <param name="other">A peer that is connected from the same address.</param>
    public void Ended(DialTarget target, CloseReason reason, PeerId? peer, TimeSpan lasted, Func<PeerId?>? other = null)
    {
        bool isSilent = reason == CloseReason.ByPeer && peer is null;
        // Clients hang up without a word on a second connection too.
        PeerId? holder =
            reason == CloseReason.Duplicate ? peer
            : isSilent ? other?.Invoke()
            : null;
        lock (_gate)
        {
            target.Busy = false;
            target.IsKnownWay |= peer is not null;
            bool hasOtherWay = isSilent && holder is null && !target.IsKnownWay && GreetOtherwise(target);
            target.Settled = reason is CloseReason.Self or CloseReason.PeerComplete;
            target.HeldBy = holder;
            // Not the viewer's fault, where there is another way to greet it.
            if (!hasOtherWay)
                target.Failures = lasted >= _goodConnection ? 0 : target.Failures + 1;
            TimeSpan delay = limits.RedialDelay * Math.Pow(2, Math.Clamp(target.Failures - 1, 0, 16));
            if (delay > limits.MaxRedialDelay)
                delay = limits.MaxRedialDelay;
            delay *= 0.75 + Random.Shared.NextDouble() / 2;
            target.DueAt = clock.GetTimestamp() + (long)(delay.TotalSeconds * clock.TimestampFrequency);
        }
    }

    /// <summary>It hung up without a word: plain by each name, then encrypted by each, then from the start.</summary>
    /// <returns>False: all ways were tried.</returns>
    private bool GreetOtherwise(DialTarget target)
    {
        if (hasOtherName)
            target.ByOtherName = !target.ByOtherName;
        if (!target.ByOtherName)
            target.Encrypted = !target.Encrypted;
        return target.ByOtherName || target.Encrypted;
    }
}
