using Distribution.BitTorrent.Utp;
using Distribution.EdgeSeeder.Seeding.Loops;

namespace Distribution.EdgeSeeder.Seeding.Links.Datagrams;

/// <summary>The uTP connections that one loop serves. Its thread alone, where nothing else is said.</summary>
internal sealed class UtpLane(SeedingLoop loop, UtpPort port, TimeProvider clock)
{
    private readonly HashSet<UtpLink> _links = [];
    private readonly List<UtpLink> _blocked = [];
    private Queue<UtpLink> _touched = new();
    private Queue<UtpLink> _next = new();
    private bool _isPosted;

    public SeedingLoop Loop { get; } = loop;

    /// <summary>Microseconds of a clock that never goes back.</summary>
    public long Now => (long)(clock.GetTimestamp() * (1e6 / clock.TimestampFrequency));

    /// <summary>For one link's packets at a time.</summary>
    public List<ReadOnlyMemory<byte>> Packets { get; } = [];

    public int Send(ReadOnlySpan<byte> to, List<ReadOnlyMemory<byte>> packets) => port.Send(to, packets);

    /// <summary>Takes a connection in that was asked for.</summary>
    public void Add(UtpLink link)
    {
        _links.Add(link);
        Touch(link);
    }

    public void Take(UtpLink link, in UtpHeader header, ReadOnlySpan<byte> selective, ReadOnlySpan<byte> payload)
    {
        link.Take(header, selective, payload);
        Touch(link);
    }

    /// <summary>It is looked at when the loop has read what is there.</summary>
    public void Touch(UtpLink link)
    {
        if (link.IsTouched)
            return;
        link.IsTouched = true;
        _touched.Enqueue(link);
        if (_isPosted)
            return;
        _isPosted = true;
        Loop.Post(Flush);
    }

    /// <summary>The system had no room for its packets.</summary>
    public void Block(UtpLink link)
    {
        if (!_blocked.Contains(link))
            _blocked.Add(link);
        port.WaitForRoom();
    }

    /// <summary>The system has room again.</summary>
    public void Unblock()
    {
        foreach (UtpLink link in _blocked)
            Touch(link);
        _blocked.Clear();
    }

    /// <summary>Called every tick.</summary>
    public void Tick()
    {
        foreach (UtpLink link in _links)
        {
            link.CheckTimes();
            if (link.IsPending && clock.GetElapsedTime(link.OpenedAt) > port.Patience)
                link.Refuse();
            Touch(link);
        }
        Unblock();
    }

    private void Flush()
    {
        _isPosted = false;
        (_touched, _next) = (_next, _touched);
        while (_next.TryDequeue(out UtpLink? link))
        {
            link.IsTouched = false;
            if (link.IsReady && !port.TryAdmit(link))
                link.Refuse();
            link.Progress();
            if (link.IsOver)
                Forget(link);
        }
    }

    private void Forget(UtpLink link)
    {
        if (!_links.Remove(link))
            return;
        _blocked.Remove(link);
        port.Forget(link);
        link.Free();
    }
}
