using Distribution.BitTorrent;
using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Tests.Swarms.Tables;

/// <summary>What <see cref="SwarmPeers"/> should hold, in the plainest way: one object a peer.</summary>
internal sealed class SwarmPeersModel
{
    private readonly List<Row> _rows = [];

    public int Count => Here.Select(static row => row.Id).Distinct().Count();

    public int Seeds => Here.Where(static row => row.IsSeed).Select(static row => row.Id).Distinct().Count();

    public IEnumerable<Row> Here => _rows.Where(static row => !row.IsGone);

    public IEnumerable<Row> All => _rows;

    public void Place(PeerId id, WireEndpoint endpoint, bool isSeed, uint expiresAt)
    {
        string at = endpoint.ToString();
        _rows.RemoveAll(row => row.At == at && row.Id != id);
        Row? row = _rows.Find(one => one.Id == id && one.IsIPv6 == endpoint.IsIPv6);
        if (row is null)
            _rows.Add(row = new Row { Id = id, IsIPv6 = endpoint.IsIPv6 });
        row.At = at;
        row.IsGone = false;
        row.ExpiresAt = expiresAt;
        foreach (Row same in _rows.Where(one => one.Id == id && !one.IsGone))
            same.IsSeed = isSeed;
    }

    public void Leave(PeerId id, uint now)
    {
        foreach (Row row in _rows.Where(one => one.Id == id && !one.IsGone))
        {
            row.IsGone = true;
            row.ExpiresAt = now + SwarmPeers.RememberSeconds;
        }
    }

    public void Expire(uint now) => _rows.RemoveAll(row => row.ExpiresAt <= now);

    internal sealed class Row
    {
        public PeerId Id { get; init; }

        public bool IsIPv6 { get; init; }

        public string At { get; set; } = "";

        public bool IsSeed { get; set; }

        public bool IsGone { get; set; }

        public uint ExpiresAt { get; set; }
    }
}
