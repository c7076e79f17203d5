namespace Distribution.EdgeSeeder.Tests.Kit;

/// <summary>Tests that measure something of the whole process: no other test runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Alone";
}
