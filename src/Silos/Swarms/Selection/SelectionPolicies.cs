namespace Distribution.Silos.Swarms.Selection;

/// <summary>The policies of a silo, in the order in which they are asked. A new one is named here, in its own file, and nowhere else.</summary>
internal sealed class SelectionPolicies
{
    private readonly SelectionPolicy[] _all;
    private readonly SelectionPolicy[] _tellingEdges;
    private readonly SelectionPolicy[] _narrowing;
    private readonly SelectionPolicy[] _keeping;
    private readonly SelectionPolicy[] _looking;
    private readonly SelectionPolicy[] _following;
    private readonly SelectionPolicy[] _proposing;
    private readonly SelectionPolicy[] _rating;

    public SelectionPolicies(IEnumerable<SelectionPolicy> policies)
    {
        _all = [.. policies];
        _tellingEdges = [.. Saying(PolicySays.TellsEdges)];
        _narrowing = [.. Saying(PolicySays.Narrow)];
        _keeping = [.. Saying(PolicySays.KeepForAnybody)];
        _looking = [.. Saying(PolicySays.LooksPerPlace)];
        _following = [.. Saying(PolicySays.Follow)];
        _proposing = [.. Saying(PolicySays.Propose)];
        _rating = [.. Saying(PolicySays.Rate)];
    }

    /// <summary>Those that may be switched off.</summary>
    public static IReadOnlyList<string> Optional { get; } = [.. Choices().Select(static policy => policy.Name)];

    public IEnumerable<string> Names => _all.Select(static policy => policy.Name);

    /// <param name="options">Without problems.</param>
    public static SelectionPolicies Of(SelectionOptions options) =>
        new([
            new PublishersWord(),
            new EdgesForLeechers(),
            new LeechersForSeeds(),
            .. Choices().Where(policy => options.Policies.Contains(policy.Name)),
            new Outsiders(options.OutsidersPercent),
        ]);

    public bool TellEdges(in Receiver receiver)
    {
        foreach (SelectionPolicy policy in _tellingEdges)
        {
            if (!policy.TellsEdges(receiver))
                return false;
        }
        return true;
    }

    public int Narrow(in Receiver receiver, int range)
    {
        foreach (SelectionPolicy policy in _narrowing)
            range = policy.Narrow(receiver, range);
        return range;
    }

    public int KeepForAnybody(in Receiver receiver, int wanted)
    {
        int kept = 0;
        foreach (SelectionPolicy policy in _keeping)
            kept = Math.Max(kept, policy.KeepForAnybody(receiver, wanted));
        return kept;
    }

    public int LooksPerPlace(in Receiver receiver)
    {
        int looks = 1;
        foreach (SelectionPolicy policy in _looking)
            looks = Math.Max(looks, policy.LooksPerPlace(receiver));
        return looks;
    }

    public void Follow(in Receiver receiver)
    {
        foreach (SelectionPolicy policy in _following)
            policy.Follow(receiver);
    }

    public void Propose(in Receiver receiver, int range, int most, ref Candidates candidates)
    {
        foreach (SelectionPolicy policy in _proposing)
            policy.Propose(receiver, range, most, ref candidates);
    }

    /// <summary>False: nobody had anything to say.</summary>
    public bool Rate(in Receiver receiver, in Candidates candidates)
    {
        bool rated = false;
        foreach (SelectionPolicy policy in _rating)
            rated |= policy.Rate(receiver, candidates);
        return rated;
    }

    private static SelectionPolicy[] Choices() => [new NearFirst(), new UsefulFirst()];

    private IEnumerable<SelectionPolicy> Saying(PolicySays what) => _all.Where(policy => (policy.Says & what) != 0);
}
