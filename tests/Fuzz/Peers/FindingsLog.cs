using Microsoft.Extensions.Logging;

namespace Distribution.Fuzz.Peers;

/// <summary>A fault that the engine caught and told of is one that a peer could cause.</summary>
internal sealed class FindingsLog(Findings findings) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (IsEnabled(logLevel))
            findings.Add("peers", $"{formatter(state, exception)} {exception}", []);
    }
}
