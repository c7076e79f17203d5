using Distribution.Silos.Holdouts;
using Distribution.Silos.Swarms.Networks;

namespace Distribution.Silos.Swarms.Selection;

/// <summary>What the swarms of a silo select by, and the sum of what all have told. Any thread.</summary>
/// <param name="networks">Null: no geo database is configured.</param>
/// <param name="switches">The operator's; null: none.</param>
/// <param name="holdouts">Who is kept from peers; null: nobody.</param>
internal sealed class SelectionRules(
    SelectionOptions options,
    PeerNetworks? networks,
    PeerSwitches? switches = null,
    HoldoutDraw? holdouts = null
)
{
    private readonly SelectionPolicies _policies = SelectionPolicies.Of(options);
    private readonly Lock _gate = new();
    private readonly List<ToldPeers> _open = [];
    private readonly ToldPeers _closed = new();

    /// <summary>For a new shard, which closes it at its end.</summary>
    public SwarmSelection Open()
    {
        var told = new ToldPeers();
        lock (_gate)
            _open.Add(told);
        return new SwarmSelection(_policies, networks, told, Close, switches, holdouts);
    }

    /// <summary>Told since the silo started, by all shards, gone ones too: it never falls.</summary>
    public long Told(Nearness nearness)
    {
        lock (_gate)
            return _closed.Of(nearness) + _open.Sum(told => told.Of(nearness));
    }

    private void Close(ToldPeers told)
    {
        lock (_gate)
        {
            if (_open.Remove(told))
                _closed.Add(told);
        }
    }
}
