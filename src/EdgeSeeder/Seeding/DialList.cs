using System.Net;
using Distribution.BitTorrent;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>A swarm's viewers to dial: which are due, and when the others will be.</summary>
internal sealed class DialList(SeedingLimits limits, bool hasOtherName, TimeProvider clock)
{
    /// <summary>A connection that lasted this long was good: its loss is no failure.</summary>
    private static readonly TimeSpan _goodConnection = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private Dictionary<IPEndPoint, DialTarget> _targets = [];

    public void Replace(IReadOnlyList<IPEndPoint> viewers)
    {
        lock (_gate)
        {
            var targets = new Dictionary<IPEndPoint, DialTarget>();
            foreach (IPEndPoint viewer in viewers.Take(limits.MaxDialTargets))
                targets[viewer] = _targets.TryGetValue(viewer, out DialTarget? known) ? known : new DialTarget(viewer);
            _targets = targets;
        }
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

    /// <summary>Says how a dial, or the connection that came of it, ended.</summary>
    /// <param name="peer">Who was there, where that is known.</param>
    public void Ended(DialTarget target, CloseReason reason, PeerId? peer, TimeSpan lasted)
    {
        lock (_gate)
        {
            target.Busy = false;
            if (reason == CloseReason.ByPeer && peer is null)
                GreetOtherwise(target);
            target.Settled = reason is CloseReason.Self or CloseReason.PeerComplete;
            target.HeldBy = reason == CloseReason.Duplicate ? peer : null;
            target.Failures = lasted >= _goodConnection ? 0 : target.Failures + 1;
            TimeSpan delay = limits.RedialDelay * Math.Pow(2, Math.Clamp(target.Failures - 1, 0, 16));
            if (delay > limits.MaxRedialDelay)
                delay = limits.MaxRedialDelay;
            delay *= 0.75 + Random.Shared.NextDouble() / 2;
            target.DueAt = clock.GetTimestamp() + (long)(delay.TotalSeconds * clock.TimestampFrequency);
        }
    }

    /// <summary>It hung up without a word: plain by each name, then encrypted by each, then from the start.</summary>
    private void GreetOtherwise(DialTarget target)
    {
        if (hasOtherName)
            target.ByOtherName = !target.ByOtherName;
        if (!target.ByOtherName)
            target.Encrypted = !target.Encrypted;
    }
}
