namespace Distribution.Contracts.Ledgers.Chain;

/// <summary>
/// What an entry changes about one viewer of a file's hour. The name is made with a secret of the instance: it says nothing outside
/// of it, and the same viewer has another name in another file.
/// </summary>
/// <param name="Name">128 bits; as text 22 characters of base64url.</param>
/// <param name="Before">As earlier entries left it.</param>
public readonly record struct ChainViewer(UInt128 Name, ChainPresence Before, ChainPresence After);
