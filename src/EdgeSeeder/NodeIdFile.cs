using System.Security.Cryptography;

namespace Distribution.EdgeSeeder;

/// <summary>The node's random name, kept so that a restart is the same node.</summary>
internal static class NodeIdFile
{
    /// <exception cref="IOException">Cannot be read or written.</exception>
    public static string ReadOrCreate(string path)
    {
        if (File.Exists(path) && File.ReadAllText(path).Trim() is var known && EdgeOptionsValidator.IsNodeId(known))
            return known;
        string made = RandomNumberGenerator.GetHexString(16, lowercase: true);
        File.WriteAllText(path + ".part", made);
        File.Move(path + ".part", path, overwrite: true);
        return made;
    }
}
