using System.Buffers.Binary;

namespace Distribution.Silos.Ledgers;

/// <param name="LastViewer">The peer id heard of last at this account; null: none is known.</param>
internal sealed record AccountRow(long Key, long FileKey, AccountTotals Totals, byte[]? LastViewer)
{
    /// <summary>Who stands for this account's bytes in the count of viewers: a peer id where one is known.</summary>
    public byte[] PresenceKey => LastViewer ?? PresenceKeyOf(Key);

    /// <summary>Eight bytes, so that it is never taken for a peer id.</summary>
    public static byte[] PresenceKeyOf(long accountKey)
    {
        var key = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(key, accountKey);
        return key;
    }
}
