using System.Buffers.Binary;

namespace Distribution.Silos.Ledgers;

/// <param name="LastViewer">
/// The peer id that announced last at this account; <see cref="PresenceKeyOf"/>: only edges have seen somebody there; null: nobody has.
/// </param>
/// <param name="IsNew">It has a key and an address, and no row until it is saved.</param>
internal sealed record AccountRow(long Key, long FileKey, AccountTotals Totals, byte[]? LastViewer, bool IsNew = false)
{
    /// <summary>Who stands for this account's bytes in the count of viewers: a peer id where one is known.</summary>
    public byte[] PresenceKey => LastViewer ?? PresenceKeyOf(Key);

    /// <summary>A peer id has announced here.</summary>
    public bool HasAnnounced => LastViewer is { Length: > sizeof(long) };

    /// <summary>Eight bytes, so that it is never taken for a peer id.</summary>
    public static byte[] PresenceKeyOf(long accountKey)
    {
        var key = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(key, accountKey);
        return key;
    }
}
