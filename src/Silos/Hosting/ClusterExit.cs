using System.Diagnostics;

namespace Distribution.Silos.Hosting;

/// <summary>
/// Ends the process when the cluster has gone on without it: another silo has its swarms, and each further answer could be a wrong one. In place of the
/// runtime's own end, which says the same in two hundred lines and after two seconds.
/// </summary>
internal sealed class ClusterExit : IFatalErrorHandler
{
    public bool IsUnexpected(Exception exception) => exception is not ThreadAbortException;

    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        // Loggers write later, and there is no later.
        Console.Error.WriteLine(Reason(context, exception));
        Console.Error.Flush();
        // At once and for systemd a failure; an orderly end would wait for requests and answer them.
        Process.GetCurrentProcess().Kill();
        Environment.Exit(1);
    }

    private static string Reason(string? context, Exception? exception)
    {
        string told = $"{context} {exception?.Message}".ReplaceLineEndings(" ").Trim();
        return told.Contains("dead", StringComparison.OrdinalIgnoreCase)
            ? "The cluster's other servers declared this one dead, as it did not answer them for some seconds, and have taken over its swarms. It ends; start it again."
            : $"The cluster's runtime failed, and this server ends; start it again. {told}";
    }
}
