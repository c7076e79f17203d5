namespace Distribution.Silos.Swarms.Selection;

/// <summary>The policies of a silo, in the order in which they are asked. A new one is named here, in its own file, and nowhere else.</summary>
internal sealed class SelectionPolicies
{
    private readonly SelectionPolicy[] _all;

    private SelectionPolicies(SelectionPolicy[] all) => _all = all;

    /// <summary>Those that may be switched off.</summary>
    public static IReadOnlyList<string> Optional { get; } = [new NearFirst().Name, new UsefulFirst().Name];

    public IEnumerable<string> Names => _all.Select(static policy => policy.Name);

    /// <param name="options">Without problems.</param>
    public static SelectionPolicies Of(SelectionOptions options) =>
        new([
            new PublishersWord(),
            new EdgesForLeechers(),
            new LeechersForSeeds(),
            .. new SelectionPolicy[] { new NearFirst(), new UsefulFirst() }.Where(policy =>
                options.Policies.Contains(policy.Name)
            ),
            new Outsiders(options.OutsidersPercent),
        ]);

    public bool TellEdges(in Receiver receiver)
    {
        foreach (SelectionPolicy policy in _all)
        {
            if (!policy.TellsEdges(receiver))
                return false;
        }
        return true;
    }

    public int Narrow(in Receiver receiver, int range)
    {
        foreach (SelectionPolicy policy in _all)
            range = policy.Narrow(receiver, range);
        return range;
    }

    public int KeepForAnybody(in Receiver receiver, int wanted)
    {
        int kept = 0;
        foreach (SelectionPolicy policy in _all)
            kept = Math.Max(kept, policy.KeepForAnybody(receiver, wanted));
        return kept;
    }

    public int LooksPerPlace(in Receiver receiver)
    {
        int looks = 1;
        foreach (SelectionPolicy policy in _all)
            looks = Math.Max(looks, policy.LooksPerPlace(receiver));
        return looks;
    }

    public void Follow(in Receiver receiver)
    {
        foreach (SelectionPolicy policy in _all)
            policy.Follow(receiver);
    }

    public void Propose(in Receiver receiver, int range, int most, ref Candidates candidates)
    {
        foreach (SelectionPolicy policy in _all)
            policy.Propose(receiver, range, most, ref candidates);
    }

    public void Rate(in Receiver receiver, in Candidates candidates)
    {
        foreach (SelectionPolicy policy in _all)
            policy.Rate(receiver, candidates);
    }
}
