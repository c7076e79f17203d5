namespace Distribution.Silos.Ledgers;

/// <summary>What is known of a viewer's start. Values are stored: never renumber.</summary>
public enum ViewerPhase
{
    /// <summary>Known from an edge only: no announce yet.</summary>
    Unannounced = 0,

    /// <summary>Its client has no metadata yet, so <c>left</c> means nothing.</summary>
    AwaitsMetadata = 1,

    /// <summary>Its baseline stands.</summary>
    Counted = 2,
}
