namespace Distribution.Fuzz.Targets;

/// <summary>One front end under fire.</summary>
internal interface IFuzzTarget : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Makes the next inputs, hands them over, and checks what comes back; answers how many there were.</summary>
    ValueTask<int> FeedAsync(Random random);

    /// <summary>An honest client asks, and must be answered rightly.</summary>
    ValueTask CheckHonestAsync();
}
