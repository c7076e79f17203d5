namespace Distribution.Silos.State;

/// <summary>
/// The state database could not take or give something: no room, locked, damaged. Nothing of the change was kept; it may be tried again.
/// The message says what to do.
/// </summary>
[GenerateSerializer]
public sealed class StateUnavailableException : Exception
{
    public StateUnavailableException() { }

    public StateUnavailableException(string message)
        : base(message) { }

    public StateUnavailableException(string message, Exception innerException)
        : base(message, innerException) { }
}
