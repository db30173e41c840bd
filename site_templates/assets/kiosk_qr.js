/*
 * QR codes for kiosks (ISO/IEC 18004): byte mode, level M, versions 1 to 10, which is 213 bytes of an address.
 *
 * `qingdan.qr(text)` returns the modules as rows of 0 and 1 without the quiet zone, or null where the text is too long.
 */
(function () {
  "use strict";
  var qingdan = (window.qingdan = window.qingdan || {});
  var LAST = 10;

  /* Level M by version: correction words of a block, then [blocks, data words of each] (table 9). */
  var BLOCKS = [
    null,
    [10, [1, 16]], [16, [1, 28]], [26, [1, 44]], [18, [2, 32]], [24, [2, 43]],
    [16, [4, 27]], [18, [4, 31]], [22, [2, 38], [2, 39]], [22, [3, 36], [2, 37]], [26, [4, 43], [1, 44]],
  ];
  /* Centres of the alignment patterns by version (annex E). */
  var CENTRES = [
    null, [], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50],
  ];
  var MASKS = [
    function (y, x) { return (y + x) % 2 === 0; },
    function (y) { return y % 2 === 0; },
    function (y, x) { return x % 3 === 0; },
    function (y, x) { return (y + x) % 3 === 0; },
    function (y, x) { return (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0; },
    function (y, x) { return ((y * x) % 2) + ((y * x) % 3) === 0; },
    function (y, x) { return (((y * x) % 2) + ((y * x) % 3)) % 2 === 0; },
    function (y, x) { return (((y + x) % 2) + ((y * x) % 3)) % 2 === 0; },
  ];

  /* ---- correction words: Reed-Solomon over GF(256) with the polynomial 0x11d ---- */

  var EXP = [];
  var LOG = [];
  for (var power = 0, value = 1; power < 255; power++) {
    EXP[power] = value;
    LOG[value] = power;
    value = value & 128 ? (value << 1) ^ 0x11d : value << 1;
  }

  function times(a, b) {
    return a && b ? EXP[(LOG[a] + LOG[b]) % 255] : 0;
  }

  function generatorOf(degree) {
    var polynomial = [1];
    for (var root = 0; root < degree; root++) {
      var next = polynomial.concat([0]);
      for (var i = 0; i < polynomial.length; i++) next[i + 1] ^= times(polynomial[i], EXP[root]);
      polynomial = next;
    }
    return polynomial;
  }

  function correction(words, polynomial) {
    var rest = words.concat(new Array(polynomial.length - 1).fill(0));
    for (var i = 0; i < words.length; i++) {
      for (var j = 1, factor = rest[i]; factor && j < polynomial.length; j++) rest[i + j] ^= times(polynomial[j], factor);
    }
    return rest.slice(words.length);
  }

  /* ---- words: mode, length, bytes, padding; then the blocks woven into one another ---- */

  function capacity(version) {
    return BLOCKS[version].slice(1).reduce(function (sum, group) { return sum + group[0] * group[1]; }, 0);
  }

  function versionFor(length) {
    for (var version = 1; version <= LAST; version++) {
      if (4 + (version < 10 ? 8 : 16) + 8 * length <= 8 * capacity(version)) return version;
    }
    return 0;
  }

  function dataWords(bytes, version) {
    var bits = [];
    function put(number, width) {
      for (var i = width - 1; i >= 0; i--) bits.push((number >> i) & 1);
    }
    put(4, 4);
    put(bytes.length, version < 10 ? 8 : 16);
    bytes.forEach(function (byte) { put(byte, 8); });
    var room = 8 * capacity(version);
    put(0, Math.min(4, room - bits.length));
    // Readers stop at the terminator. One empty word before the padding is what segno writes, which draws our codes on
    // paper: the same address is the same picture everywhere.
    put(0, Math.min(8, room - bits.length));
    for (var pad = 0; bits.length < room; pad++) put(pad % 2 ? 0x11 : 0xec, 8);
    var words = [];
    for (var at = 0; at < bits.length; at += 8) {
      words.push(bits.slice(at, at + 8).reduce(function (word, bit) { return word * 2 + bit; }, 0));
    }
    return words;
  }

  function woven(words, version) {
    var polynomial = generatorOf(BLOCKS[version][0]);
    var blocks = [];
    var at = 0;
    BLOCKS[version].slice(1).forEach(function (group) {
      for (var n = 0; n < group[0]; n++, at += group[1]) blocks.push(words.slice(at, at + group[1]));
    });
    return column(blocks).concat(column(blocks.map(function (block) { return correction(block, polynomial); })));
  }

  /* The first word of every block, then the second, and so on. */
  function column(blocks) {
    var longest = Math.max.apply(null, blocks.map(function (block) { return block.length; }));
    var result = [];
    for (var i = 0; i < longest; i++) {
      blocks.forEach(function (block) { if (i < block.length) result.push(block[i]); });
    }
    return result;
  }

  /* ---- the symbol ---- */

  function remainder(number, polynomial, degree) {
    var rest = number << degree;
    for (var bit = 31 - Math.clz32(rest); bit >= degree; bit = 31 - Math.clz32(rest)) rest ^= polynomial << (bit - degree);
    return rest;
  }

  /* What every symbol of a version has; null where data goes. The places of version and
     format hold 0 until the mask is chosen, which must not depend on them (7.8). */
  function frame(version) {
    var size = 17 + 4 * version;
    var rows = [];
    for (var y = 0; y < size; y++) rows.push(new Array(size).fill(null));

    function square(top, left, high, paint) {
      for (var i = 0; i < high; i++) {
        for (var j = 0; j < high; j++) {
          var row = rows[top + i];
          if (row && left + j >= 0 && left + j < size) row[left + j] = paint(i, j);
        }
      }
    }
    [[-1, -1], [-1, size - 8], [size - 8, -1]].forEach(function (corner) {
      square(corner[0], corner[1], 9, function (i, j) {
        var ring = Math.max(Math.abs(i - 4), Math.abs(j - 4));
        return ring === 2 || ring === 4 ? 0 : 1;
      });
    });
    var centres = CENTRES[version];
    var end = centres[centres.length - 1];
    centres.forEach(function (cy) {
      centres.forEach(function (cx) {
        if ((cy === 6 && (cx === 6 || cx === end)) || (cy === end && cx === 6)) return;
        square(cy - 2, cx - 2, 5, function (i, j) {
          return Math.max(Math.abs(i - 2), Math.abs(j - 2)) === 1 ? 0 : 1;
        });
      });
    });
    for (var n = 8; n < size - 8; n++) rows[6][n] = rows[n][6] = 1 - (n % 2);
    for (var f = 0; f < 9; f++) {
      if (f !== 6) rows[8][f] = rows[f][8] = 0;
      if (f < 8) rows[8][size - 1 - f] = rows[size - 1 - f][8] = 0;
    }
    for (var b = 0; version > 6 && b < 18; b++) {
      rows[Math.floor(b / 3)][size - 11 + (b % 3)] = rows[size - 11 + (b % 3)][Math.floor(b / 3)] = 0;
    }
    return rows;
  }

  function tellVersion(rows, version) {
    var size = rows.length;
    var told = (version << 12) | remainder(version, 0x1f25, 12);
    for (var b = 0; version > 6 && b < 18; b++) {
      rows[Math.floor(b / 3)][size - 11 + (b % 3)] = rows[size - 11 + (b % 3)][Math.floor(b / 3)] = (told >> b) & 1;
    }
  }

  function tellMask(rows, mask) {
    var size = rows.length;
    rows[size - 8][8] = 1;
    // Level M is 00.
    var told = ((mask << 10) | remainder(mask, 0x537, 10)) ^ 0x5412;
    for (var b = 0; b < 15; b++) {
      var bit = (told >> b) & 1;
      rows[b < 6 ? b : b < 8 ? b + 1 : size - 15 + b][8] = bit;
      rows[8][b < 8 ? size - 1 - b : b < 9 ? 7 : 14 - b] = bit;
    }
  }

  function masked(empty, words, mask) {
    var size = empty.length;
    var rows = empty.map(function (row) { return row.slice(); });
    var at = 0;
    var upwards = true;
    for (var right = size - 1; right > 0; right -= 2, upwards = !upwards) {
      if (right === 6) right--;
      for (var step = 0; step < size; step++) {
        var y = upwards ? size - 1 - step : step;
        for (var x = right; x > right - 2; x--) {
          if (empty[y][x] !== null) continue;
          var bit = at < 8 * words.length ? (words[at >> 3] >> (7 - (at & 7))) & 1 : 0;
          rows[y][x] = MASKS[mask](y, x) ? 1 - bit : bit;
          at++;
        }
      }
    }
    return rows;
  }

  /* ---- which mask: the fewest penalty points (7.8.3) ---- */

  function linePoints(line) {
    var points = 0;
    for (var start = 0, i = 1; i <= line.length; i++) {
      if (i < line.length && line[i] === line[start]) continue;
      if (i - start > 4) points += i - start - 2;
      start = i;
    }
    var text = line.join("");
    var at = text.indexOf("1011101");
    while (at !== -1) {
      // Four light modules before or after; what lies outside of the symbol is light.
      var counts = text.slice(Math.max(0, at - 4), at).indexOf("1") === -1 || text.slice(at + 7, at + 11).indexOf("1") === -1;
      if (counts) points += 40;
      at = text.indexOf("1011101", at + (counts ? 7 : 4));
    }
    return points;
  }

  function penalty(rows) {
    var size = rows.length;
    var points = 0;
    var dark = 0;
    for (var y = 0; y < size; y++) {
      points += linePoints(rows[y]) + linePoints(rows.map(function (row) { return row[y]; }));
      for (var x = 0; x < size; x++) {
        dark += rows[y][x];
        if (x + 1 < size && y + 1 < size) {
          var sum = rows[y][x] + rows[y][x + 1] + rows[y + 1][x] + rows[y + 1][x + 1];
          if (sum === 0 || sum === 4) points += 3;
        }
      }
    }
    return points + 10 * Math.floor(Math.abs((dark * 100) / (size * size) - 50) / 5);
  }

  qingdan.qr = function (text) {
    var bytes = Array.from(new TextEncoder().encode(text));
    var version = versionFor(bytes.length);
    if (!version) return null;
    var words = woven(dataWords(bytes, version), version);
    var empty = frame(version);
    var best = null;
    for (var mask = 0; mask < 8; mask++) {
      var rows = masked(empty, words, mask);
      var points = penalty(rows);
      if (!best || points < best.points) best = { points: points, mask: mask, rows: rows };
    }
    tellMask(best.rows, best.mask);
    tellVersion(best.rows, version);
    return best.rows;
  };
})();
