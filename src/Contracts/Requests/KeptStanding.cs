namespace Distribution.Contracts.Requests;

/// <summary>What is known of a request that was sent with an idempotency key.</summary>
public enum KeptStanding
{
    /// <summary>It is the first; whoever asked answers it.</summary>
    New,

    /// <summary>The first is still being answered.</summary>
    Running,

    /// <summary>The first was begun, and nobody can say how it ended.</summary>
    Lost,

    /// <summary>The first was answered.</summary>
    Answered,

    /// <summary>The key is another request's.</summary>
    Another,

    /// <summary>As many answers are kept for its owner as may.</summary>
    Full,
}
