namespace Distribution.Contracts.Edges;

/// <summary>
/// A node asks to be taken in. It made its key by itself, and shows the digest alone: so the answer may be lost and asked for again, and
/// the server never keeps anything that opens a door.
/// </summary>
/// <param name="Token">An <see cref="EdgeToken"/>.</param>
/// <param name="NodeId">How the node is called from now on.</param>
/// <param name="KeyDigest">SHA-256 of the key's text, 64 hexadecimal digits in lower case.</param>
[GenerateSerializer, Immutable]
public sealed record EdgeEnrolment(string Token, string NodeId, string KeyDigest);
