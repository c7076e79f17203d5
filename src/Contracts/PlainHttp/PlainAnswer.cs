namespace Distribution.Contracts.PlainHttp;

/// <summary>What became of a request that was offered to an <see cref="IPlainHandler"/>.</summary>
public enum PlainAnswer
{
    /// <summary>Not this handler's: nothing was written.</summary>
    Other,

    /// <summary>The whole answer is in the reply.</summary>
    Given,

    /// <summary>
    /// Not at once: nothing was written, and the request is offered again, once, when what was given to <see cref="IPlainReply.WaitFor"/> is over.
    /// </summary>
    Later,
}
