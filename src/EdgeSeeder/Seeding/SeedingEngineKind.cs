namespace Distribution.EdgeSeeder.Seeding;

/// <summary>An engine that this program was built with; a service of the host for each.</summary>
public sealed class SeedingEngineKind
{
    internal SeedingEngineKind(string name, Func<SeedingEngineSetup, ISeedingEngine> create)
    {
        Name = name;
        Create = create;
    }

    /// <summary>Ours, which is always there.</summary>
    public static SeedingEngineKind Own { get; } =
        new(
            "own",
            setup => new SeedingEngine(
                setup.Port,
                setup.Limits,
                setup.Journal,
                setup.Telemetry,
                setup.Clock,
                setup.Logger
            )
        );

    /// <summary>As <see cref="EdgeOptions.Engine"/> names it.</summary>
    public string Name { get; }

    internal Func<SeedingEngineSetup, ISeedingEngine> Create { get; }
}
