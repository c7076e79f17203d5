using Distribution.Standalone.Client;

namespace Distribution.Standalone.Serving;

/// <summary>The names inside the folder that holds everything a server keeps.</summary>
internal static class DataFolder
{
    public const string DefaultPath = "./data";

    /// <summary>The publisher's key.</summary>
    public const string ApiKeyName = "api.key";

    /// <summary>What edge nodes enrol with.</summary>
    public const string EdgeKeyName = "edge.key";

    /// <summary>What signs the ledger's checkpoints.</summary>
    public const string LedgerKeyName = "ledger.key";

    public static string KeysPath(string data) => Path.Combine(data, "keys");

    public static string StatePath(string data) => Path.Combine(data, "state.db");

    public static string ContentPath(string data) => Path.Combine(data, "content");

    /// <summary>Contracts of the publisher's own, beside those of the catalogue; made by hand.</summary>
    public static string ContractsPath(string data) => Path.Combine(data, "contracts");

    /// <summary>What the web seed sent.</summary>
    public static string SendJournalPath(string data) => Path.Combine(data, "sends.journal");

    /// <summary>An edge's cache and counters.</summary>
    public static string EdgePath(string data) => Path.Combine(data, "edge");

    public static string KeyPath(string data, string name) => Path.Combine(KeysPath(data), name);

    /// <summary>A key that `serve` left there.</summary>
    public static Answer<string> ReadKey(string data, string name)
    {
        string path = KeyPath(data, name);
        try
        {
            string key = File.ReadAllText(path).Trim();
            return key.Length > 0 ? key : new Failure($"{path} is empty.");
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return new Failure($"there is no {path}.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new Failure($"{path} cannot be read: {fault.Message}");
        }
    }
}
