/* Search over one county's items, in the browser alone: no request, no cookie, nothing remembered.
   A match is true because the text holds it (a scan); lunr only orders the matches. The rules for folding text,
   cutting words and reading pinyin stand in generator/search.py too; tests/search_vectors.json keeps them in step.
   Classic script, no syntax newer than Chromium 87. Filed text reaches the page through textContent only. */
(function () {
  'use strict';
  var qingdan = window.qingdan = window.qingdan || {};
  var MAX_QUERY = 64; // characters: longer than any name, short enough to scan at once
  var FIRST = 20; // results drawn at once: drawing costs more than finding
  var CONTEXT = 24; // characters shown before a hit in a long text

  /* ---- text: folding, tokens, pinyin ---- */

  var folding = Object.create(null);
  var readings = new Map();

  function foldCharacter(character) {
    var folded = character.normalize('NFKC').toLowerCase();
    var result = '';
    for (var one of folded) { result += folding[one] || one; }
    return result;
  }

  function fold(text) {
    var result = '';
    for (var character of text) { result += foldCharacter(character); }
    return result;
  }

  /* Folded text with, for each of its units, the place of the filed character it came from. */
  function foldWithPlaces(text) {
    var folded = '';
    var places = [];
    var place = 0;
    for (var character of text) {
      var part = foldCharacter(character);
      for (var i = 0; i < part.length; i++) { places.push(place); }
      folded += part;
      place += character.length;
    }
    places.push(place);
    return { text: folded, places: places };
  }

  function script(character) {
    var point = character.codePointAt(0);
    if ((point >= 0x4e00 && point <= 0x9fff) || (point >= 0x3400 && point <= 0x4dbf) ||
        (point >= 0x20000 && point <= 0x323af) || point === 0x3007 || (point >= 0xac00 && point <= 0xd7a3)) {
      return 'pairs';
    }
    return point < 0x2e80 && /[\p{L}\p{N}]/u.test(character) ? 'word' : '';
  }

  function runs(text) {
    var found = [];
    var last = null;
    for (var character of text) {
      var kind = script(character);
      if (last && last.kind === kind) { last.characters.push(character); } else {
        last = { kind: kind, characters: [character] };
        found.push(last);
      }
    }
    return found;
  }

  function tokens(folded) {
    var found = [];
    runs(folded).forEach(function (run) {
      if (run.kind === 'pairs' && run.characters.length > 1) {
        for (var i = 0; i + 1 < run.characters.length; i++) { found.push(run.characters[i] + run.characters[i + 1]); }
      } else if (run.kind) { found.push(run.characters.join('')); }
    });
    return found;
  }

  /* Where a term of letters reads like the pinyin of consecutive characters of a name: as initials (two letters or
     more) or written out, the last syllable perhaps unfinished. Characters without a reading end a run. */
  function pinyinPlaces(name, term) {
    var characters = Array.from(name);
    var units = 0;
    var starts = characters.map(function (c) { var at = units; units += c.length; return at; });
    starts.push(units);
    for (var start = 0; start < characters.length; start++) {
      var end = initials(characters, start, term, 0);
      if (end === -1) { end = syllables(characters, start, term, 0); }
      if (end !== -1) { return [starts[start], starts[end]]; }
    }
    return null;
  }

  function initials(characters, at, term, done) {
    if (term.length < 2) { return -1; }
    for (; done < term.length; at++, done++) {
      var read = readings.get(characters[at]);
      if (!read || !read.some(function (one) { return one[0] === term[done]; })) { return -1; }
    }
    return at;
  }

  function syllables(characters, at, term, done) {
    var read = readings.get(characters[at]);
    if (!read) { return -1; }
    var rest = term.slice(done);
    for (var i = 0; i < read.length; i++) {
      // One letter alone is no syllable begun: "b" would find half of the list.
      if (read[i].indexOf(rest) === 0 && (rest.length > 1 || done > 0)) { return at + 1; }
      if (rest.indexOf(read[i]) === 0) {
        var end = rest.length === read[i].length ? at + 1 : syllables(characters, at + 1, term, done + read[i].length);
        if (end !== -1) { return end; }
      }
    }
    return -1;
  }

  /* ---- the data ---- */

  var data = null;
  var entries = [];
  var index = null;

  function load() {
    if (data || !qingdan.searchData) { return; }
    data = qingdan.searchData;
    var pairs = Array.from(data.folding);
    for (var i = 0; i + 1 < pairs.length; i += 2) { folding[pairs[i]] = pairs[i + 1]; }
    Object.keys(data.readings).forEach(function (c) { readings.set(c, data.readings[c].split(' ')); });
    index = window.lunr ? window.lunr.Index.load(data.lunr) : null;
    entries = data.rows.map(entry);
  }

  function entry(row, number) {
    var translated = row[9] || [0, 0, [], 0, 0];
    var departments = row[6].map(function (pair, i) {
      var names = data.departments[pair[0]];
      return { name: names[0], shown: names[1] || names[0], translated: Boolean(names[1]), duty: pair[1] || '', dutyShown: translated[2][i] || pair[1] || '' };
    });
    var one = {
      number: number, item: row[0], kind: data.kinds[row[1]][0], kindLabel: data.kinds[row[1]][1],
      category: row[2], townships: data.sets[row[3]], name: row[4], shown: translated[0] || row[4],
      translated: data.lang === 'zh' || Boolean(translated[0]), basis: row[5] || '', basisShown: translated[1] || row[5] || '',
      departments: departments, duty: row[7] || '', dutyShown: translated[3] || row[7] || '',
      method: row[8] || '', methodShown: translated[4] || row[8] || '', pending: Boolean(row[10])
    };
    // The filed Chinese is searched on every page; the translation beside it where there is one.
    one.fields = [one.name, one.shown];
    departments.forEach(function (d) { one.fields.push(d.name, d.shown, d.duty, d.dutyShown); });
    one.fields.push(one.duty, one.dutyShown, one.method, one.methodShown, one.basis, one.basisShown);
    one.fields = one.fields.filter(function (text, i, all) { return text && all.indexOf(text) === i; });
    one.folded = one.fields.map(fold);
    one.words = null; // cut when the first query of letters comes
    return one;
  }

  /* ---- finding ---- */

  function readQuery(query) {
    return fold(String(query).slice(0, MAX_QUERY)).split(/\s+/).filter(Boolean).map(function (text) {
      var letters = /^[a-z]+$/.test(text);
      var wordy = runs(text).every(function (run) { return run.kind === 'word'; });
      return { text: text, letters: letters, wordy: wordy };
    });
  }

  function holds(one, term) {
    if (!term.wordy) { return one.folded.some(function (text) { return text.indexOf(term.text) !== -1; }); }
    if (one.folded.some(function (text) { return wordPlace(text, term.text) !== -1; })) { return true; }
    return term.letters && pinyinPlaces(fold(one.name), term.text) !== null;
  }

  /* The place of a word that begins with the term, or -1. Figures count as words too: 12345, 65. */
  function wordPlace(text, term) {
    for (var at = text.indexOf(term); at !== -1; at = text.indexOf(term, at + 1)) {
      if (at === 0 || script(text[at - 1]) !== 'word') { return at; }
    }
    return -1;
  }

  function scores(terms) {
    var found = new Map();
    if (!index) { return found; }
    index.query(function (query) {
      terms.forEach(function (term) {
        tokens(term.text).forEach(function (token) {
          query.term(token, { fields: ['name', 'departments'], wildcard: term.wordy ? window.lunr.Query.wildcard.TRAILING : 0 });
        });
      });
    }).forEach(function (hit) { found.set(Number(hit.ref), hit.score); });
    return found;
  }

  function rank(one, terms) {
    var names = [fold(one.name), fold(one.shown)];
    var whole = terms.map(function (term) { return term.text; }).join(' ');
    if (names.indexOf(whole) !== -1) { return 0; }
    if (names.some(function (name) { return name.indexOf(whole) === 0; })) { return 1; }
    var inName = terms.every(function (term) {
      return names.some(function (name) { return term.wordy ? wordPlace(name, term.text) !== -1 : name.indexOf(term.text) !== -1; }) ||
        (term.letters && pinyinPlaces(names[0], term.text) !== null);
    });
    return inName ? 2 : 3;
  }

  function find(query, filter) {
    load();
    if (!data) { return []; }
    var terms = readQuery(query);
    var chosen = entries.filter(function (one) {
      return (!filter.kind || one.kind === filter.kind) &&
        (filter.category === undefined || one.category === filter.category) &&
        (filter.township === undefined || one.townships.indexOf(filter.township) !== -1) &&
        terms.every(function (term) { return holds(one, term); });
    });
    if (!terms.length) { return chosen; }
    var score = scores(terms);
    return chosen.map(function (one) { return { one: one, rank: rank(one, terms), score: score.get(one.number) || 0 }; })
      .sort(function (a, b) { return a.rank - b.rank || b.score - a.score || a.one.number - b.one.number; })
      .map(function (hit) { return hit.one; });
  }

  function address(one, township, root) {
    return root + data.page.replace('{township}', data.townships[township][0]).replace('{item}', one.item);
  }

  qingdan.fold = fold;
  qingdan.tokens = function (text) { return tokens(fold(text)); };
  qingdan.search = function (query, filter) {
    load();
    var terms = readQuery(query);
    var given = filter || {};
    var place = given.township ? data.townships.findIndex(function (t) { return t[0] === given.township; }) : undefined;
    var found = terms.length ? find(query, { kind: given.kind, township: place }) : [];
    return Promise.resolve(found.map(function (one) {
      var shownIn = place !== undefined ? place : one.townships[0];
      return {
        url: address(one, shownIn, qingdan.searchRoot || ''), title: one.shown, kind: one.kind,
        townships: one.townships.map(function (t) { return data.townships[t][0]; })
      };
    }));
  };

  /* ---- drawing ---- */

  function make(tag, className, text) {
    var element = document.createElement(tag);
    if (className) { element.className = className; }
    if (text !== undefined) { element.textContent = text; }
    return element;
  }

  function say(key, slots) {
    return (data.strings[key] || key).replace(/\{(\w+)\}/g, function (whole, name) {
      return slots && name in slots ? String(slots[name]) : whole;
    });
  }

  /* Spans of `text` that the terms hit, in filed characters. */
  function spans(text, terms, name) {
    var folded = foldWithPlaces(text);
    var found = [];
    terms.forEach(function (term) {
      var at = -1;
      var hit = false;
      while ((at = folded.text.indexOf(term.text, at + 1)) !== -1) {
        if (term.wordy && at > 0 && script(folded.text[at - 1]) === 'word') { continue; }
        hit = true;
        found.push([folded.places[at], folded.places[at + term.text.length]]);
      }
      if (!hit && name && term.letters) {
        var read = pinyinPlaces(folded.text, term.text);
        if (read) { found.push([folded.places[read[0]], folded.places[read[1]]]); }
      }
    });
    found.sort(function (a, b) { return a[0] - b[0] || a[1] - b[1]; });
    return found.reduce(function (merged, span) {
      var last = merged[merged.length - 1];
      if (last && span[0] <= last[1]) { last[1] = Math.max(last[1], span[1]); } else { merged.push(span.slice()); }
      return merged;
    }, []);
  }

  function marked(parent, text, hits, from, to) {
    var at = from;
    hits.forEach(function (span) {
      if (span[1] <= from || span[0] >= to) { return; }
      parent.appendChild(document.createTextNode(text.slice(at, Math.max(span[0], from))));
      parent.appendChild(make('mark', '', text.slice(Math.max(span[0], from), Math.min(span[1], to))));
      at = Math.min(span[1], to);
    });
    parent.appendChild(document.createTextNode(text.slice(at, to)));
  }

  /* The first text other than the name that shows why the item was found, cut around the hit. */
  function snippet(one, terms) {
    var shown = one.departments.map(function (d) { return d.shown; }).concat(
      one.departments.map(function (d) { return d.dutyShown; }), [one.dutyShown, one.methodShown, one.basisShown], one.fields);
    for (var i = 0; i < shown.length; i++) {
      if (!shown[i] || shown[i] === one.shown) { continue; }
      var hits = spans(shown[i], terms, shown[i] === one.name);
      if (!hits.length) { continue; }
      var from = Math.max(0, hits[0][0] - CONTEXT);
      var to = Math.min(shown[i].length, hits[0][1] + 3 * CONTEXT);
      var line = make('p', 'qd-results__snippet');
      if (from) { line.appendChild(document.createTextNode('…')); }
      marked(line, shown[i], hits, from, to);
      if (to < shown[i].length) { line.appendChild(document.createTextNode('…')); }
      if (data.lang !== 'zh' && /[\u4e00-\u9fff]/.test(shown[i])) { line.lang = 'zh-Hans-CN'; }
      return line;
    }
    return null;
  }

  function townshipLinks(one, root, only) {
    if (only !== undefined) { return null; }
    var list = make('ul', 'qd-chips');
    one.townships.forEach(function (t) {
      var link = make('a', '', data.townships[t][1]);
      link.href = address(one, t, root);
      list.appendChild(make('li')).appendChild(link);
    });
    if (one.townships.length <= 4) { return list; }
    var details = make('details', 'qd-details');
    details.appendChild(make('summary', '', say('in_townships', { n: one.townships.length })));
    details.appendChild(list);
    return details;
  }

  function draw(one, terms, root, only, answer) {
    var row = make('li', 'qd-results__item');
    var head = row.appendChild(make('p', 'qd-eyebrow'));
    head.appendChild(make('span', 'qd-badge qd-badge--' + one.kind, one.kindLabel));
    var category = data.categories[one.category];
    if (category[0]) { head.appendChild(document.createTextNode(' ' + category[1])); }
    if (one.pending) { head.appendChild(document.createTextNode(' ')); head.appendChild(make('span', 'qd-badge qd-badge--preview', say('pending'))); }
    var link = row.appendChild(make('a', 'qd-results__name'));
    link.href = address(one, only !== undefined ? only : one.townships[0], root);
    if (!one.translated) { link.lang = 'zh-Hans-CN'; }
    marked(link, one.shown, spans(one.shown, terms, one.shown === one.name), 0, one.shown.length);
    if (!one.translated) { row.appendChild(make('span', 'qd-untranslated', say('untranslated'))); }
    if (answer) { row.appendChild(answers(one)); } else {
      var why = snippet(one, terms);
      if (why) { row.appendChild(why); }
    }
    var where = townshipLinks(one, root, only);
    if (where) { row.appendChild(where); }
    return row;
  }

  /* On the report page: who answers for it, and what is left for the township. */
  function answers(one) {
    var facts = make('dl', 'qd-facts');
    function fact(label, text) {
      if (!text) { return; }
      var pair = facts.appendChild(make('div'));
      pair.appendChild(make('dt', '', label));
      pair.appendChild(make('dd', 'qd-text', text));
    }
    var names = one.departments.map(function (d) { return d.shown; }).join(data.lang === 'zh' ? '、' : '; ');
    if (one.kind === 'reclaimed') {
      fact(names ? say('now_with') : say('kind.reclaimed'), names || say('cancelled'));
      fact(say('method'), one.methodShown);
    } else {
      fact(say('leads'), one.kind === 'basic' || !names ? say('leads_township') : names);
      fact(say('township_part'), one.dutyShown);
    }
    return facts;
  }

  /* ---- the page ---- */

  function mount(box) {
    load();
    if (!data) { return; }
    var root = box.dataset.root || '';
    qingdan.searchRoot = root;
    var answer = box.id === 'qd-search-report';
    var fixed = answer && box.dataset.township
      ? data.townships.findIndex(function (t) { return t[0] === box.dataset.township; }) : -1;
    var only = fixed === -1 ? undefined : fixed;
    var shown = FIRST;

    box.textContent = '';
    var form = box.appendChild(make('form', 'qd-search'));
    form.setAttribute('role', 'search');
    var input = field(form, 'q', say('label'), make('input'));
    input.type = 'search';
    input.maxLength = MAX_QUERY;
    input.autocomplete = 'off';
    input.spellcheck = false;
    var hint = box.appendChild(make('p', 'qd-meta', say('hint')));
    hint.id = 'qd-search-hint';
    input.setAttribute('aria-describedby', hint.id);
    var filters = box.appendChild(make('div', 'qd-fields'));
    var township = only === undefined && data.townships.length > 1 ? choice('t', say('township'), data.townships.map(function (t) { return [t[0], t[1]]; })) : null;
    var kind = !answer && data.kinds.length > 1 ? choice('k', say('kind'), data.kinds) : null;
    var category = answer ? null : choice('c', say('category'), data.categories.filter(function (c) { return c[0]; }));
    var count = box.appendChild(make('p', 'qd-meta'));
    count.setAttribute('role', 'status');
    var list = box.appendChild(make('ol', 'qd-results'));
    var more = box.appendChild(make('button', 'qd-button qd-screen-only'));
    more.type = 'button';
    var none = box.appendChild(make('div', 'qd-notice'));

    function field(parent, name, label, control) {
      var whole = make('div', 'qd-field');
      var caption = make('label', '', label);
      control.id = 'qd-' + name;
      control.name = name;
      caption.htmlFor = control.id;
      whole.appendChild(caption);
      whole.appendChild(control);
      parent.appendChild(whole);
      return control;
    }

    function choice(name, label, options) {
      var select = make('select');
      select.appendChild(new Option(say('all'), ''));
      options.forEach(function (option) { select.appendChild(new Option(option[1], option[0])); });
      return field(filters, name, label, select);
    }

    function filter() {
      var place = township && township.value ? data.townships.findIndex(function (t) { return t[0] === township.value; }) : only;
      var wanted = category && category.value ? data.categories.findIndex(function (c) { return c[0] === category.value; }) : undefined;
      return { kind: kind && kind.value || '', category: wanted, township: place === -1 ? undefined : place };
    }

    function show() {
      var query = input.value.slice(0, MAX_QUERY);
      var terms = readQuery(query);
      var by = filter();
      var asked = terms.length > 0 || Boolean(by.kind) || by.category !== undefined || (township && Boolean(township.value));
      var found = asked ? find(query, by) : [];
      list.textContent = '';
      found.slice(0, shown).forEach(function (one) { list.appendChild(draw(one, terms, root, by.township, answer)); });
      list.hidden = !found.length;
      count.textContent = asked && found.length ? say('count', { n: found.length }) : '';
      more.hidden = found.length <= shown;
      more.textContent = say('more', { n: Math.min(FIRST, found.length - shown) });
      none.hidden = !asked || found.length > 0;
      if (!none.hidden) { drawNone(query, by); }
      remember(query);
    }

    function drawNone(query, by) {
      none.textContent = '';
      none.appendChild(make('p', '', say('none', { q: query.trim() })));
      if (!answer) {
        none.appendChild(make('p', '', say('none_categories')));
        var chips = none.appendChild(make('ul', 'qd-chips'));
        data.categories.forEach(function (c) {
          if (!c[0]) { return; }
          var button = make('button', 'qd-button qd-button--quiet', c[1]);
          button.type = 'button';
          button.addEventListener('click', function () {
            input.value = '';
            if (kind) { kind.value = ''; }
            category.value = c[0];
            again();
          });
          chips.appendChild(make('li')).appendChild(button);
        });
      }
      var place = by.township !== undefined ? data.townships[by.township][0] : data.townships[0][0];
      var report = make('a', 'qd-button', say('none_report'));
      report.href = answer ? '#not-found' : root + data.report.replace('{township}', place);
      none.appendChild(make('p', 'qd-actions')).appendChild(report);
    }

    /* A view can be linked to; where the browser does not let us (from disk), nothing is lost but the link. On the
       report page nothing is kept: what somebody looks up there is nobody's business. */
    function remember(query) {
      if (answer) { return; }
      var parts = [['q', query], ['t', township && township.value], ['k', kind && kind.value], ['c', category && category.value]]
        .filter(function (pair) { return pair[1]; })
        .map(function (pair) { return pair[0] + '=' + encodeURIComponent(pair[1]); });
      try { history.replaceState(null, '', parts.length ? '?' + parts.join('&') : location.pathname); } catch (refused) { /* from disk */ }
    }

    function again() { shown = FIRST; show(); }

    form.addEventListener('submit', function (event) { event.preventDefault(); again(); });
    input.addEventListener('input', again);
    filters.addEventListener('change', again);
    more.addEventListener('click', function () {
      var first = shown;
      shown += FIRST;
      show();
      var next = list.children[first];
      if (next) { next.querySelector('a').focus(); }
    });

    if (!answer) {
      var asked = new URLSearchParams(location.search);
      input.value = (asked.get('q') || '').slice(0, MAX_QUERY);
      [[township, 't'], [kind, 'k'], [category, 'c']].forEach(function (pair) {
        if (pair[0] && asked.get(pair[1])) { pair[0].value = asked.get(pair[1]); if (pair[0].selectedIndex === -1) { pair[0].value = ''; } }
      });
    }
    show();
  }

  function start() {
    load();
    ['qd-search', 'qd-search-report'].forEach(function (id) {
      var box = document.getElementById(id);
      if (box) { mount(box); }
    });
  }
  if (document.readyState === 'loading') { document.addEventListener('DOMContentLoaded', start); } else { start(); }
})();
