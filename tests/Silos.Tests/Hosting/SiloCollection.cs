namespace Distribution.Silos.Tests.Hosting;

/// <summary>Tests with a silo run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class SiloCollection : ICollectionFixture<SiloFixture>
{
    public const string Name = "silo";
}
